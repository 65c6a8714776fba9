// Opens a page in Chromium, does with it what people do, and prints what was seen as JSON.
// Its only argument is JSON: browser, readers (node_modules), page, pictures (where they go, the start of their
// names), every (pictures of the whole page).
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const told = JSON.parse(process.argv[2]);
const { chromium } = require(path.join(told.readers, "playwright-core"));
const axe = fs.readFileSync(path.join(told.readers, "axe-core", "axe.min.js"), "utf8");

const WIDTHS = [380, 1280];
const SCHEMES = ["light", "dark"];
const HEIGHT = 1400;
const FEW = 3;
const MOST_STOPS = 400;
const PAPER = 687; // pixels of A4 between margins of 14 mm

async function main() {
  const browser = await chromium.launch({ executablePath: told.browser, args: ["--disable-gpu"] });
  const seen = { requests: [], console: [], dialogs: 0, errors: [], axe: [], overflow: {}, pictures: [] };
  try {
    for (const scheme of SCHEMES) {
      for (const width of WIDTHS) {
        const page = await open(browser, seen, width, scheme);
        seen.overflow[width] = await overflow(page);
        await pictures(page, seen, `${told.pictures}-${width}-${scheme}`);
        // Colours do not hang on the width: two of the four are enough, and each takes seconds.
        if ((scheme === "dark") === (width === 380)) {
          await page.evaluate(unfold);
          seen.axe.push(...(await violations(page, width, scheme)));
        }
        await page.context().close();
      }
    }
    const page = await open(browser, seen, 380, "light");
    seen.texts = await page.evaluate(texts);
    seen.stops = await walk(page);
    seen.skipped = await skip(page);
    seen.opened = await press(page);
    seen.scrolled = await scroll(page);
    seen.paper = await paper(page);
    seen.resources = await page.evaluate(() => performance.getEntriesByType("resource").length);
    await page.context().close();
  } finally {
    await browser.close();
  }
  process.stdout.write(JSON.stringify(seen));
}

async function open(browser, seen, width, scheme) {
  const context = await browser.newContext({ viewport: { width, height: HEIGHT }, colorScheme: scheme });
  const page = await context.newPage();
  page.on("request", (request) => seen.requests.push(request.url().slice(0, 200)));
  page.on("console", (message) => seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("dialog", (dialog) => {
    seen.dialogs += 1;
    dialog.dismiss();
  });
  await page.goto(`file://${told.page}`, { waitUntil: "load" });
  return page;
}

const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// A picture of a whole long page is more than Chromium can make.
async function pictures(page, seen, start) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let part = 0; part * HEIGHT < height && (told.every || part < FEW); part += 1) {
    const file = `${start}-${String(part).padStart(2, "0")}.png`;
    await page.evaluate((y) => window.scrollTo(0, y), part * HEIGHT);
    await page.screenshot({ path: file, caret: "initial" });
    seen.pictures.push(file);
  }
}

function unfold() {
  for (const found of document.querySelectorAll("details")) found.open = true;
}

async function violations(page, width, scheme) {
  await page.evaluate(axe);
  const run = () => window.axe.run(document, { resultTypes: ["violations", "incomplete"] });
  const found = await page.evaluate(run);
  return found.violations.map((v) => ({
    width,
    scheme,
    id: v.id,
    nodes: v.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`),
  }));
}

function texts() {
  const all = (selector) => [...document.querySelectorAll(selector)].map((found) => found.textContent);
  return {
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => [Number(h.tagName[1]), h.textContent]),
    code: all("code"),
    cells: all("th, td"),
    names: all("svg .name"),
    boxes: all("svg g.entity > title"),
    paragraphs: all("p, li, dd"),
    strange: [...document.querySelectorAll("script, img, iframe, object, embed, form, input, link, [onerror], [style]")].length,
    links: [...document.querySelectorAll("a")].map((link) => link.getAttribute("href")),
    turned: [...document.querySelectorAll("code")]
      .filter((found) => getComputedStyle(found).direction === "rtl")
      .map((found) => found.textContent),
    isolated: [...document.querySelectorAll("code[dir=auto]")].every(
      (found) => getComputedStyle(found).unicodeBidi.includes("isolate"),
    ),
  };
}

// Every stop of the Tab key, in order, and whether it is seen that it has the focus.
async function walk(page) {
  const stops = [];
  for (let at = 0; at < MOST_STOPS; at += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const found = document.activeElement;
      if (!found || found === document.body) return null;
      const looks = getComputedStyle(found);
      const box = found.getBoundingClientRect();
      const named = found.getAttribute("aria-label") || found.getAttribute("aria-labelledby");
      return {
        tag: found.tagName.toLowerCase(),
        kind: found.className,
        text: found.textContent.slice(0, 40),
        named: Boolean(named),
        outlined: looks.outlineStyle !== "none" && parseFloat(looks.outlineWidth) >= 2,
        onScreen: box.width > 0 && box.bottom > 0 && box.top < window.innerHeight,
      };
    });
    if (!stop) break;
    stops.push(stop);
  }
  return stops;
}

async function skip(page) {
  await page.evaluate(() => {
    document.activeElement.blur();
    window.scrollTo(0, 0);
  });
  await page.focus("a.skip");
  await page.keyboard.press("Enter");
  return page.evaluate(() => document.activeElement.tagName.toLowerCase());
}

async function press(page) {
  await page.focus("summary");
  const before = await page.evaluate(() => document.querySelector("details").open);
  await page.keyboard.press("Enter");
  return [before, await page.evaluate(() => document.querySelector("details").open)];
}

async function scroll(page) {
  await page.focus(".diagram .scroll");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".diagram .scroll").scrollLeft > 0, null, { timeout: 5000 });
  return page.evaluate(() => document.querySelector(".diagram .scroll").scrollLeft);
}

// As it is printed: what was folded is there, nothing is cut, ink on white.
async function paper(page) {
  await page.evaluate(() => {
    for (const found of document.querySelectorAll("details")) found.open = false;
  });
  await page.setViewportSize({ width: PAPER, height: 1000 });
  const folded = () =>
    [...document.querySelectorAll("details")].map((found) => {
      const summary = found.querySelector("summary");
      return Math.round(found.getBoundingClientRect().height - summary.getBoundingClientRect().height);
    });
  const onScreen = await page.evaluate(folded);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const found = await page.evaluate(() => {
    const looks = getComputedStyle(document.body);
    const cut = [...document.querySelectorAll("table, pre, svg")].filter(
      (part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1,
    );
    return {
      text: looks.color,
      ground: looks.backgroundColor,
      cut: cut.map((part) => part.outerHTML.slice(0, 120)),
      contents: document.querySelector("nav").getBoundingClientRect().height,
    };
  });
  const printed = await page.evaluate(folded);
  const pdf = await page.pdf({ format: "A4" });
  return { ...found, onScreen, printed, bytes: pdf.length };
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
