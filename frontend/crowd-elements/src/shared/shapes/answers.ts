/** What the answers of the drawing tools are made of. */

/** In pixels of the picture, from its top left corner. */
export type Vertex = { x: number; y: number };

export type LabeledVertices = { label: string; vertices: Vertex[] };

/** The stored size of the picture. */
export type ImageProperties = { height: number; width: number };
