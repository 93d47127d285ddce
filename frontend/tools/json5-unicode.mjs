// In place of json5's own tables, which are a quarter of the crowd script: browsers know these classes themselves.
export const Space_Separator = /\p{Zs}/u;
export const ID_Start = /\p{ID_Start}/u;
export const ID_Continue = /\p{ID_Continue}/u;
