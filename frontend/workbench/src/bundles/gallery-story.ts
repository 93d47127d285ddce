import { startStory } from "../gallery/story.ts";

startStory();
