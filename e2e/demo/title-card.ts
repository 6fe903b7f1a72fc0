import type { Page } from "playwright";

const AFTER_MS = 500;

/** A title over the whole picture in the page's own type and colours, while the machine behind it is ready already. */
export async function showTitle(page: Page, title: string, below: string, forMs: number): Promise<void> {
  const overlay = await page.screencast.showOverlay(`
    <div style="position:fixed;inset:0;display:grid;place-content:center;gap:18px;justify-items:center;
      background:radial-gradient(70% 60% at 50% 42%,#0b2a2e,#000 72%);color:#f4f4f5;
      font-family:Geist,'Pretendard Variable',sans-serif;text-align:center">
      <svg width="72" height="72" viewBox="0 0 20 20" fill="none">
        <path d="M2.5 11.5c2.5-1.2 5-1.2 7.5 0s5 1.2 7.5 0V16a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2Z" fill="#22d3d3" fill-opacity=".38"/>
        <rect x="1.75" y="1.75" width="16.5" height="16.5" rx="4" stroke="#22d3d3" stroke-width="1.5"/>
        <circle cx="13.4" cy="6.4" r="2" fill="#f4f4f5"/>
      </svg>
      <div style="font-size:54px;font-weight:700;letter-spacing:-.02em">${title}</div>
      <div style="font-size:22px;color:#a8a8b1">${below}</div>
    </div>`);
  await page.waitForTimeout(forMs);
  await overlay.dispose();
  await page.waitForTimeout(AFTER_MS);
}
