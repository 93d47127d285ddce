import parse from "../node_modules/json5/lib/parse.js";

export default { parse };
