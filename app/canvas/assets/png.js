// The window as a picture: white ground, and below it what every file says of itself.
import { at, t } from "./words.js";

const MARGIN = 12;
const LINE = 18;

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function savePng(app) {
  const drawn = at("canvas").querySelector("canvas");
  const ratio = window.devicePixelRatio || 1;
  const made = document.createElement("canvas");
  const lines = app.data.about;
  made.width = drawn.width;
  made.height = drawn.height + (2 * MARGIN + LINE * lines.length) * ratio;
  const ctx = made.getContext("2d");
  ctx.fillStyle = "#FFFFFF";
  ctx.fillRect(0, 0, made.width, made.height);
  ctx.drawImage(drawn, 0, 0);
  ctx.scale(ratio, ratio);
  ctx.fillStyle = "#1F2328";
  ctx.font = '12px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
  lines.forEach((line, place) => ctx.fillText(line, MARGIN, drawn.height / ratio + MARGIN + LINE * (place + 0.7), made.width / ratio - 2 * MARGIN));
  made.toBlob((blob) => save(blob, `${app.data.file}-${t("window")}.png`), "image/png");
}

// A file that the app made: it came as base64.
export function saveFile({ name, mime, content }) {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  save(new Blob([bytes], { type: mime }), name);
}
