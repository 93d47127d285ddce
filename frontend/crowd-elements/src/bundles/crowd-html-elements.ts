import { elements } from "../elements.ts";
import { startPage } from "../shared/page.ts";

startPage(elements);
