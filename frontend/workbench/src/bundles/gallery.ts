import "../gallery/app.ts";
