/** A rectangle of whole pixels at the model's input, right and bottom excluded. */
export interface PixelRegion {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
