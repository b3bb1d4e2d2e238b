/** Copies the picture that is drawn below `root` as PNG, the one form of pictures that clipboards take. @throws when there is none */
export async function copyPicture(root: ParentNode): Promise<void> {
  const canvas = canvasOf(root);
  const blob = new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('The picture could not be made.'))), 'image/png'),
  );
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
}

function canvasOf(root: ParentNode): HTMLCanvasElement {
  const chart = root.querySelector('canvas');
  if (chart) return chart;
  const image = root.querySelector('holdfast-image')?.shadowRoot?.querySelector('img');
  if (!image) throw new Error('There is no picture to copy.');
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return canvas;
}
