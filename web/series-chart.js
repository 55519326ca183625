const style = getComputedStyle(document.documentElement);

/** Values that a chart shows: five minutes of one a second. */
export const seriesLength = 300;

/** A colour of the page's style sheet. */
export const colourOf = (name) => style.getPropertyValue(`--${name}`).trim();

/** Draws values (null: a gap) from the right edge backwards. */
export function drawSeries(canvas, values, top, colour) {
  const { width, height } = canvas;
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, width, height);
  pen.strokeStyle = colourOf('line');
  pen.beginPath();
  for (const part of [0, 0.5, 1]) {
    pen.moveTo(0, 1 + part * (height - 2));
    pen.lineTo(width, 1 + part * (height - 2));
  }
  pen.stroke();
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  let down = false;
  for (const [index, value] of values.entries()) {
    const x = width - (values.length - index) * (width / seriesLength);
    const y = height - 1 - (value / top) * (height - 2);
    if (value !== null) (down ? pen.lineTo : pen.moveTo).call(pen, x, y);
    down = value !== null;
  }
  pen.stroke();
}
