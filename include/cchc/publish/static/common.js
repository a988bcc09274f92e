"use strict";
/* Shared by all pages: data, language, numbers, dates and building of nodes. Texts only ever become text nodes. */
const D = JSON.parse(document.getElementById("data").textContent);
const STRINGS = JSON.parse(document.getElementById("strings").textContent);
const $ = (id) => document.getElementById(id);
let lang = "vi";
try {
  if (localStorage.getItem("cchc-lang") === "en") lang = "en";
} catch (e) {
  /* storage may be closed to file:// */
}

function t(key, values) {
  const entry = Object.hasOwn(STRINGS, key) ? STRINGS[key][lang] : undefined;
  if (entry === undefined) return key;
  return values ? entry.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)) : entry;
}
/* The text for a code such as a rule's name; a code nobody translated is shown as it is. */
const term = (kind, code) => (Object.hasOwn(STRINGS, kind + "." + code) ? t(kind + "." + code) : String(code));
const named = (item) => (lang === "en" && item.en) || item.vi || item.id;

const formats = new Map();
function fmt(value, decimals, least) {
  if (value === null || value === undefined) return "–";
  const key = lang + decimals + "/" + least;
  if (!formats.has(key)) {
    formats.set(
      key,
      new Intl.NumberFormat(lang === "vi" ? "vi-VN" : "en-US", {
        minimumFractionDigits: least === undefined ? decimals : least,
        maximumFractionDigits: decimals,
      }),
    );
  }
  return formats.get(key).format(value);
}
const whole = (value) => fmt(value, 4, 0);
const points = (value) => fmt(value, 2);
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
function day(iso) {
  if (!iso) return "–";
  const [y, m, d] = iso.split("-");
  return lang === "vi" ? d + "/" + m + "/" + y : Number(d) + " " + months[m - 1] + " " + y;
}

function put(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}
function assign(node, attributes) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  return node;
}
const h = (tag, attributes, ...children) => put(assign(document.createElement(tag), attributes), children);
const svg = (tag, attributes, ...children) =>
  put(assign(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes), children);
const show = (node, ...children) => {
  node.replaceChildren();
  return put(node, children);
};

/* Lower case, no marks, đ as d: what a search compares. */
const plain = (text) => String(text).normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim();
function median(values) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b),
    half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
const sum = (values) => values.reduce((a, b) => a + b, 0);

function speak(render) {
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]"))
    node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
  for (const node of document.querySelectorAll("[data-lang]"))
    node.setAttribute("aria-pressed", node.dataset.lang === lang);
  render();
}
function bilingual(render) {
  for (const node of document.querySelectorAll("[data-lang]")) {
    node.addEventListener("click", () => {
      lang = node.dataset.lang;
      try {
        localStorage.setItem("cchc-lang", lang);
      } catch (e) {
        /* see above */
      }
      speak(render);
    });
  }
  speak(render);
}
