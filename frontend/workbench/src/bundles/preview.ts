import "../preview/app.ts";
