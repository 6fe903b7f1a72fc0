import { defineGlassboxLab } from "./element.ts";

/** For pages without a bundler: SITE/embed/glassbox-lab.js, whose own address tells where Glassbox is served. */
const { currentScript } = document;
const own = currentScript instanceof HTMLScriptElement ? currentScript.src : "";
defineGlassboxLab(own === "" ? "" : new URL("..", own).href);
