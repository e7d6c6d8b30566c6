/** What stands on the page and not in a picture of it. */
const LEFT_OUT =
  ".visually-hidden, .tooltip, .report-readout, .u-over, .show-all, .card-foot, figcaption";
/** The pointer is where the menu was. */
const POINTED_AT = "tbody tr:hover > :not(.heat-cell)";
const STRIPE = 6;

/**
 * Paints what an element shows on a canvas, where it stands on the page: grounds, lines, drawings and
 * words, word by word as the browser broke them. It knows what the dashboard's figures are made of, not
 * all of CSS. What is scrolled out of sight is painted too.
 * @returns how far it reaches, in CSS pixels from the element's corner
 */
export function paint(
  context: CanvasRenderingContext2D | null,
  element: Element,
): { width: number; height: number } {
  const frames = [...element.querySelectorAll(".table-scroll")];
  const scrolled = frames.map(({ scrollLeft, scrollTop }) => ({
    left: scrollLeft,
    top: scrollTop,
  }));
  for (const frame of frames) frame.scrollTo({ left: 0, top: 0, behavior: "instant" });
  const origin = element.getBoundingClientRect();
  const reach = { width: origin.width, height: 0 };
  visit(element);
  for (const [at, frame] of frames.entries()) {
    frame.scrollTo({ ...scrolled[at], behavior: "instant" });
  }
  return reach;

  function visit(node: Element): void {
    if (node.matches(LEFT_OUT) || !node.checkVisibility()) return;
    const style = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    const place = new DOMRect(box.x - origin.x, box.y - origin.y, box.width, box.height);
    context?.save();
    if (context) context.globalAlpha *= Number(style.opacity);
    if (node instanceof SVGGeometryElement) shape(node, style);
    else if (!(node instanceof SVGElement)) {
      // The element itself also holds what is left out.
      if (node !== element) {
        reach.width = Math.max(reach.width, Math.ceil(place.right));
        reach.height = Math.max(reach.height, Math.ceil(place.bottom));
      }
      ground(place, style, !node.matches(POINTED_AT));
      if (node instanceof HTMLCanvasElement) {
        context?.drawImage(node, place.x, place.y, place.width, place.height);
      }
      if (style.overflowX === "hidden" || style.overflowX === "clip") clip(place);
    }
    for (const child of node.childNodes) {
      if (child instanceof Element) visit(child);
      else if (child instanceof Text) words(child, style);
    }
    context?.restore();
  }

  function clip({ x, y, width, height }: DOMRect): void {
    context?.beginPath();
    context?.rect(x, y, width, height);
    context?.clip();
  }

  function ground(place: DOMRect, style: CSSStyleDeclaration, filled: boolean): void {
    const { x, y, width, height, right, bottom } = place;
    if (!context || width === 0 || height === 0) return;
    const radii = [
      style.borderTopLeftRadius,
      style.borderTopRightRadius,
      style.borderBottomRightRadius,
      style.borderBottomLeftRadius,
    ].map(Number.parseFloat);
    const path = new Path2D();
    path.roundRect(x, y, width, height, radii);
    context.fillStyle = style.backgroundColor;
    if (filled) context.fill(path);
    const colours = style.backgroundImage.match(/(?:rgba?|color|oklab)\([^)]*\)/g);
    if (colours) stripes(path, colours[0] ?? "", colours.at(-1) ?? "");
    // An inner outline is a shadow without blur.
    const inset = /^(\S+\([^)]*\)) 0px 0px 0px 1px inset$/.exec(style.boxShadow)?.[1];
    const edges = (
      [
        ["Top", x, y, right, y],
        ["Bottom", x, bottom, right, bottom],
        ["Left", x, y, x, bottom],
        ["Right", right, y, right, bottom],
      ] as const
    ).filter(
      ([side]) =>
        style[`border${side}Style`] !== "none" &&
        Number.parseFloat(style[`border${side}Width`]) > 0,
    );
    if (inset) outline(place, radii, inset, []);
    else if (edges.length === 4) {
      const dashes = style.borderTopStyle === "dashed" ? [3, 3] : [];
      outline(place, radii, style.borderTopColor, dashes);
    } else {
      for (const [side, x1, y1, x2, y2] of edges) {
        context.strokeStyle = style[`border${side}Color`];
        context.lineWidth = Number.parseFloat(style[`border${side}Width`]);
        context.beginPath();
        context.moveTo(x1, y1);
        context.lineTo(x2, y2);
        context.stroke();
      }
    }
  }

  function outline(place: DOMRect, radii: number[], colour: string, dashes: number[]): void {
    if (!context) return;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.setLineDash(dashes);
    context.beginPath();
    context.roundRect(place.x + 0.5, place.y + 0.5, place.width - 1, place.height - 1, radii);
    context.stroke();
    context.setLineDash([]);
  }

  /** What CSS draws as a repeated gradient. */
  function stripes(path: Path2D, wide: string, narrow: string): void {
    if (!context) return;
    const { width, height } = context.canvas;
    context.save();
    context.clip(path);
    context.fillStyle = wide;
    context.fill(path);
    context.strokeStyle = narrow;
    context.lineWidth = 2;
    context.beginPath();
    for (let at = -height; at < width; at += STRIPE * 1.4) {
      context.moveTo(at, height);
      context.lineTo(at + height, 0);
    }
    context.stroke();
    context.restore();
  }

  function shape(node: SVGGeometryElement, style: CSSStyleDeclaration): void {
    const matrix = node.getScreenCTM();
    if (!context || !matrix) return;
    context.translate(-origin.x, -origin.y);
    context.transform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f);
    const path = pathOf(node);
    if (style.fill !== "none") {
      context.fillStyle = style.fill;
      context.fill(path);
    }
    if (style.stroke !== "none") {
      context.strokeStyle = style.stroke;
      context.lineWidth = Number.parseFloat(style.strokeWidth);
      context.setLineDash((style.strokeDasharray.match(/[\d.]+/g) ?? []).map(Number));
      context.stroke(path);
    }
  }

  function words(node: Text, style: CSSStyleDeclaration): void {
    if (!context) return;
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = node.parentElement instanceof SVGElement ? style.fill : style.color;
    const range = document.createRange();
    for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const box = range.getBoundingClientRect();
      // The box of a text is as high as its font.
      const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = context.measureText(word);
      const base = box.y + (box.height - up - down) / 2 + up;
      context.fillText(word, box.x - origin.x, base - origin.y);
    }
  }
}

function pathOf(node: SVGGeometryElement): Path2D {
  const of = (name: string) => Number(node.getAttribute(name));
  const path = new Path2D(node.getAttribute("d") ?? "");
  if (node instanceof SVGLineElement) {
    path.moveTo(of("x1"), of("y1"));
    path.lineTo(of("x2"), of("y2"));
  } else if (node instanceof SVGRectElement) {
    path.roundRect(of("x"), of("y"), of("width"), of("height"), of("rx"));
  } else if (node instanceof SVGCircleElement) {
    path.arc(of("cx"), of("cy"), of("r"), 0, 2 * Math.PI);
  }
  return path;
}
