import { startFrame } from "../preview/frame.ts";

startFrame();
