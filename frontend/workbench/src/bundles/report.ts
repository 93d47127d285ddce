import { startReport } from "../report/app.ts";

startReport();
