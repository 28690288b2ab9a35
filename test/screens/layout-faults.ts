/** What is wrong with the layout of a page: runs in the page, and is therefore text. */

/** Evaluates to a list of faults, each in words. */
export const LAYOUT_FAULTS = `(() => {
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const faults = [];
  const width = (font) =>
    Object.assign(document.createElement('canvas').getContext('2d'), { font: '40px ' + font })
      .measureText('かざす').width;
  if (width('"BIZ UDPGothic", monospace') === width('monospace')) faults.push('no BIZ UDPGothic');
  const isOutside = (box, of) =>
    box.left < of.left - 1 || box.top < of.top - 1 || box.right > of.right + 1 || box.bottom > of.bottom + 1;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const overlaps = (a, b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const texts = [];
  for (const element of document.querySelectorAll('body *')) {
    // What has no room in the place is cut off on purpose.
    if (element.closest('.vh, svg, .place')) continue;
    if (getComputedStyle(element).clipPath === 'inset(50%)') continue;
    const own = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim() !== '');
    for (const node of own) {
      const range = document.createRange();
      range.selectNodeContents(node);
      const says = node.data.trim();
      const lines = [...range.getClientRects()];
      for (const line of lines) if (isOutside(line, screen)) faults.push('outside the screen: ' + says);
      const part = element.closest('.words, .hands, .foot, .bar, .key, .pad button, .row');
      for (const line of lines) {
        if (part && isOutside(line, part.getBoundingClientRect()) && !element.closest('rt')) {
          faults.push('outside its ' + part.className + ': ' + says);
        }
      }
      if (parseFloat(getComputedStyle(element).fontSize) < root - 0.6 && !element.closest('rt')) {
        faults.push('smaller than 1rem: ' + says);
      }
      texts.push(...lines.map((line) => ({ line, says, element })));
    }
  }
  for (const [index, { line, says, element }] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      // A reading may hang over the kana beside it.
      if (other.element.closest('ruby') || element.closest('ruby')) continue;
      const a = { left: line.left, right: line.right, top: line.top + line.height * 0.2, bottom: line.bottom - line.height * 0.2 };
      if (overlaps(a, other.line)) faults.push('text over text: ' + says + ' | ' + other.says);
    }
  }
  const buttons = [...document.querySelectorAll('button')];
  for (const button of buttons) {
    const box = button.getBoundingClientRect();
    const least = button.closest('.bar') ? 48 : 80;
    const profile = document.documentElement.dataset.profile;
    if (profile !== 'tv' && box.height < least - 0.5) faults.push('key too low (' + box.height + '): ' + button.textContent);
    if (isOutside(box, screen)) faults.push('key outside: ' + button.textContent);
    for (const other of buttons) {
      if (other !== button && overlaps(box, other.getBoundingClientRect())) {
        faults.push('key over key: ' + button.textContent + ' | ' + other.textContent);
      }
    }
    for (const { line, says, element } of texts) {
      if (!button.contains(element) && overlaps(box, line)) faults.push('key over text: ' + button.textContent + ' | ' + says);
    }
  }
  if (document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth) {
    faults.push('scrolls');
  }
  const fit = document.querySelector('.stage')?.dataset.fit;
  return { faults: [...new Set(faults)], fit };
})()`;
