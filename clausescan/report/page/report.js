"use strict";
(() => {
  const PAGE = 50, PRINT_LIMIT = 2000, FIRST_GROUPS = 8;
  const ATTRIBUTES = ["unlimited_duration", "irrevocable", "sublicensable", "other_unlimited"];
  const AGAINST = ["negation", "limit", "exception", "gate"];
  // control, soft hyphen, zero-width, bidirectional, byte order mark: shown by their number, because they can hide or turn text
  const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

  // ---- data ----
  const data = (name) => [...document.querySelectorAll(`script[data-name="${name}"]`)].map((node) => JSON.parse(node.textContent));
  const documents = data("block").flat();
  const [sentences] = data("sentences"), [law] = data("law"), [meta] = data("meta");
  const findings = [];
  documents.forEach((doc, index) => doc.findings.forEach((item) => { item.doc = index; item.grade = item.grade || "related"; findings.push(item); }));
  const groups = (data("groups")[0] || []).map(([number, grade, excerpt, wordings, ids]) => ({ number, grade, excerpt, wordings, ids: new Set(ids) }));
  const RANK = { candidate: 0, review: 1, related: 2, near: 3 };
  findings.sort((a, b) => RANK[a.grade] - RANK[b.grade] || a.doc - b.doc); // what is to be read first stands first; the sort is stable
  let zh = meta.language === "zh" ? 1 : 0;

  const label = (key, values = {}) => {
    const pair = meta.labels[key];
    return (pair ? pair[zh] : key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  };
  const nameOf = (group, key) => (meta.names[group] && meta.names[group][key] ? meta.names[group][key][zh] : label(key));
  const said = (value) => (value === null || value === undefined ? "" : (typeof value === "number" ? sentences[value] : value)[zh]);
  const ruleName = (id) => (meta.rules[id] ? `${id} ${meta.rules[id][zh]}` : id);

  // ---- building nodes: text nodes only, never markup ----
  const el = (tag, properties = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  const text = (value) => {
    const string = String(value);
    if (!INVISIBLE.test(string)) return [string];
    return string.split(new RegExp(`(${INVISIBLE.source})`)).filter(Boolean).map((part) => {
      if (!INVISIBLE.test(part)) return part;
      const code = part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      return el("span", { class: "odd", title: label("invisible", { code: `U+${code}` }) }, code);
    });
  };
  const quoted = (string) => (zh && string.includes("“") ? ["「", ...text(string), "」"] : ["“", ...text(string), "”"]);
  const svg = (share, colour) => {
    const make = (tag, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      return node;
    };
    const picture = make("svg", { viewBox: "0 0 100 12", preserveAspectRatio: "none", "aria-hidden": "true" });
    picture.append(make("rect", { width: 100, height: 12, fill: "#eef1f5" }), make("rect", { width: (100 * share).toFixed(2), height: 12, fill: colour }));
    return picture;
  };

  // ---- filters ----
  const state = { query: "", grade: "", attribute: "", rule: "", doc: "", group: "", page: 0, opened: new Set(), everyGroup: false };
  const haystack = (item) => {
    if (item.searched === undefined) {
      const doc = documents[item.doc];
      item.searched = [doc.name, doc.title, item.clause ? item.clause[0] : "", ...(item.clause ? item.clause[1] : []), item.id,
        (item.quote || []).map((piece) => piece[0]).join(""), ...Object.values(doc.carried)].join("\n").toLowerCase();
    }
    return item.searched;
  };
  const fits = (item, except) => (except === "grade" || !state.grade || item.grade === state.grade)
    && (except === "attribute" || !state.attribute || (item.attributes || []).some((fact) => fact[0] === state.attribute))
    && (except === "rule" || !state.rule || item.rule === state.rule)
    && (except === "doc" || state.doc === "" || item.doc === Number(state.doc))
    && (state.group === "" || (groups[state.group].ids.has(item.id)))
    && words().every((word) => haystack(item).includes(word));
  let splitQuery = null, splitWords = [];
  const words = () => {
    if (splitQuery !== state.query) { splitQuery = state.query; splitWords = state.query.toLowerCase().split(/\s+/).filter(Boolean); }
    return splitWords;
  };
  const count = (kind, keys) => {
    const counts = new Map();
    for (const item of findings) if (fits(item, kind)) for (const key of new Set(keys(item))) counts.set(key, (counts.get(key) || 0) + 1);
    return counts;
  };
  const set = (key, value) => { state[key] = value; state.page = 0; refresh(); };

  // ---- overview ----
  const GRADES = ["candidate", "review", "related", "near"];
  const COLOURS = { candidate: "#b00020", review: "#d9a300", related: "#3d5a80", near: "#8a93a1" };
  const chart = (heading, kind, entries) => {
    if (!entries.length) return null;
    const most = Math.max(...entries.map((entry) => entry[2]), 1);
    return el("section", { class: "chart" }, el("h2", {}, heading), entries.map(([key, name, number]) =>
      el("button", { class: "bar", type: "button", title: name, "aria-pressed": String(state[kind] === String(key)), onclick: () => set(kind, state[kind] === String(key) ? "" : String(key)) },
        el("span", { class: "label" }, ...text(name)), svg(number / most, COLOURS[key] || "#1f3a5f"), el("span", { class: "count" }, number.toLocaleString()))));
  };
  const overview = () => {
    const grades = count("grade", (item) => [item.grade]), attributes = count("attribute", (item) => (item.attributes || []).map((fact) => fact[0]));
    const rules = count("rule", (item) => [item.rule]), docs = count("doc", (item) => [item.doc]);
    const fullest = [...docs].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 8);
    return el("div", { class: "charts" },
      chart(label("by_grade"), "grade", GRADES.filter((key) => grades.get(key)).map((key) => [key, nameOf("grade", key), grades.get(key)])),
      chart(label("by_attribute"), "attribute", ATTRIBUTES.filter((key) => attributes.get(key)).map((key) => [key, nameOf("attribute", key), attributes.get(key)])),
      chart(label("by_rule"), "rule", [...rules].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([key, number]) => [key, ruleName(key), number])),
      documents.length > 1 ? chart(label("by_document"), "doc", fullest.map(([key, number]) => [key, tail(documents[key].name), number])) : null);
  };
  const shared = () => {
    if (!groups.length) return el("div");
    const shown = state.everyGroup ? groups : groups.slice(0, FIRST_GROUPS);
    return el("section", { class: "chart shared" }, el("h2", {}, label("shared")), shown.map((group, index) =>
      el("button", { class: `group ${group.grade}`, type: "button", "aria-pressed": String(state.group === index), onclick: () => set("group", state.group === index ? "" : index) },
        el("b", {}, label("share", { count: group.number.toLocaleString() })), " ", el("span", { class: "grade" }, nameOf("grade", group.grade)), " ",
        group.wordings > 1 ? el("span", { class: "chip" }, label("wordings", { count: group.wordings })) : null, el("span", { class: "quoted cell" }, ...text(group.excerpt)))),
      shown.length < groups.length ? el("button", { type: "button", onclick: () => { state.everyGroup = true; refresh(); } }, label("every_shared", { count: groups.length.toLocaleString() })) : null);
  };
  const tail = (name) => { const chars = [...name]; return chars.length > 22 ? `…${chars.slice(-21).join("")}` : name; }; // names differ at their end
  const tiles = () => {
    const by = (key) => documents.filter((doc) => doc.conclusion === key).length;
    const clauses = documents.reduce((sum, doc) => sum + doc.clauses, 0);
    const entries = [["documents", documents.length], ["findings", by("findings")], ["nothing_found", by("nothing_found")], ["inconclusive", by("inconclusive")], ["clauses", clauses]];
    return el("div", { class: "tiles" }, entries.map(([key, number]) => el("div", { class: "tile" }, el("b", {}, number.toLocaleString()), el("span", {}, label(key)))));
  };

  // ---- findings ----
  const kindOf = (roles) => {
    const list = roles.split(" ");
    return [list.some((role) => ATTRIBUTES.includes(role)) ? "attribute" : list.some((role) => AGAINST.includes(role)) ? "against" : "", list.includes("severable") ? "severable" : "", roles === "severable" ? "alone" : ""].join(" ").trim();
  };
  const roleNames = (roles) => roles.split(" ").map((role) => nameOf("attribute", role)).join(", ");
  const quote = (item) => (item.quote || []).map(([part, roles]) => (roles ? el("mark", { class: kindOf(roles) || null, title: roleNames(roles) }, ...text(part)) : text(part)));
  const spot = (page, line) => [page ? label("page", { page }) : "", line ? label("line", { line }) : ""].filter(Boolean).join(zh ? "，" : ", ");
  const row = (list, key, children) => { if (children && children.length) list.append(el("dt", {}, label(key)), el("dd", {}, children)); };
  const lines = (values) => (values || []).map((value) => el("div", {}, ...text(said(value))));
  const strength = (fact) => nameOf("strength", fact[1]) + (fact[2] && fact[2] !== fact[1] ? (zh ? "，" : "; ") + label("cured", { strength: nameOf("strength", fact[2]) }) : "");

  const body = (item) => {
    const doc = documents[item.doc], around = item.around || ["", ""], node = el("div", { class: "body" });
    if (item.quote) node.append(el("div", { class: "clause" }, el("span", { class: "around" }, ...text(around[0])), quote(item), el("span", { class: "around" }, ...text(around[1]))));
    if (item.plain) node.append(el("div", { class: "plain" }, el("h3", {}, label("plain")), lines(item.plain)));
    const list = el("dl");
    if (item.summary !== undefined) row(list, "conclusion", [el("div", {}, ...text(said(item.summary)))]);
    row(list, "why", (item.attributes || []).map((fact) => el("div", {}, `${nameOf("attribute", fact[0])} (${strength(fact)})`, ...cues(item, fact[0]))));
    for (const role of [...new Set((item.evidence || []).map((piece) => piece[0]))]) {
      if (ATTRIBUTES.includes(role)) continue;
      row(list, role, [el("div", {}, role === "subject" && item.subject ? nameOf("subject", item.subject) : "", ...cues(item, role))]);
    }
    row(list, "elsewhere", (item.elsewhere || []).map(([role, words_, page, line]) => el("div", {}, `${nameOf("attribute", role)}${zh ? "：" : ": "}`, ...quoted(words_), " ", el("span", { class: "fine" }, spot(page, line)))));
    row(list, "against", lines(item.against));
    row(list, "suggestion", lines(item.suggestion || item.advice));
    row(list, "severable", (item.severable || []).map((part) => el("div", {}, ...quoted(part))));
    row(list, "prominence", item.prominence ? [el("div", {}, item.prominence.join(", "))] : []);
    row(list, "contract_status", item.contract_status ? [el("div", {}, item.contract_status)] : []);
    if (item.elements) row(list, "elements", [el("table", {}, item.elements.map(([code, name, status, reason, cues_]) => el("tr", {}, el("th", {}, `${code} `, ...text(said(name))), el("td", {}, label(status)), el("td", {}, ...cues_.flatMap((cue) => [...quoted(cue), " "]), el("div", { class: "fine" }, ...text(said(reason)))))))]);
    row(list, "law", (item.law || []).map(([code, standing]) => el("div", {}, el("b", {}, law[code].name[zh]), standing === null ? "" : zh ? `（${said(standing)}）` : ` (${said(standing)})`, " ",
      el("span", { class: "fine" }, label("in_force", { date: law[code].in_force }), zh ? "：" : ": ", ...text(law[code].summary[zh])))));
    row(list, "counter", lines(item.counter_arguments));
    row(list, "missing", lines(item.missing_facts));
    if (item.steps) row(list, "steps", [el("ol", { class: "steps" }, item.steps.map(([name, grade, reason]) => el("li", {}, `${name} → ${nameOf("grade", grade)}: `, ...text(said(reason)))))]);
    row(list, "document", [el("div", { class: "fine cell" }, ...text([doc.title, doc.kind, doc.date, doc.media_type].filter(Boolean).join(" · "))),
      ...lines(doc.notes), doc.sha256 ? el("div", { class: "fine" }, `SHA-256 ${doc.sha256}`) : null, el("div", { class: "fine" }, `${item.rule} ${item.id}`)].filter(Boolean));
    row(list, "carried", Object.entries(doc.carried).map(([key, value]) => el("div", { class: "fine cell" }, ...text(`${key}: ${value}`))));
    node.append(list);
    return node;
  };
  const cues = (item, role) => {
    const found = [...new Set((item.evidence || []).filter((piece) => piece[0] === role).map((piece) => piece[1].replace(/\s+/g, " ")))];
    return found.length ? [" ", ...found.flatMap((cue, index) => [index ? (zh ? "、" : ", ") : "", ...quoted(cue)])] : [];
  };
  const finding = (item) => {
    const doc = documents[item.doc], [number, heading] = item.clause || ["", []], [page, line] = item.place || [];
    const where = [number, heading.join(" › ")].filter(Boolean).join("  ") || (item.quote ? "" : label("whole_document"));
    const node = el("details", { class: `finding ${item.grade}` },
      el("summary", {},
        el("div", { class: "head" }, el("span", { class: "grade" }, nameOf("grade", item.grade)), el("span", { class: "doc" }, ...text(doc.name)), el("span", { class: "cell" }, ...text(where)),
          el("span", {}, spot(page, line)), item.confidence ? el("span", {}, label("confidence", { level: label(item.confidence) })) : null,
          item.rule !== "ART11" ? el("span", { class: "chip" }, ruleName(item.rule)) : null,
          (item.attributes || []).map((fact) => el("span", { class: `chip ${fact[1]}` }, nameOf("attribute", fact[0])))),
        el("div", { class: "excerpt" }, item.quote ? quote(item) : text(said(item.summary)))));
    // the inside is built when somebody opens it
    const fill = () => { if (node.childElementCount === 1) node.append(body(item)); };
    node.addEventListener("toggle", () => { if (node.open) { fill(); state.opened.add(item); } else state.opened.delete(item); });
    if (state.opened.has(item)) { fill(); node.open = true; }
    node.fill = fill;
    return node;
  };

  // ---- page ----
  const root = document.getElementById("report");
  const parts = {};
  const select = (kind, first, entries) => {
    const node = el("select", { "aria-label": label(first), onchange: (event) => set(kind, event.target.value) }, el("option", { value: "" }, label(first)),
      entries.map(([value, name]) => el("option", { value }, name)));
    node.value = state[kind];
    return node;
  };
  const filters = () => {
    const used = (keys) => keys.filter((key) => findings.some((item) => item.grade === key));
    const rules = [...new Set(findings.map((item) => item.rule))].sort();
    const docs = documents.map((doc, index) => [String(index), doc.name, doc.findings.length]).filter((entry) => entry[2]).slice(0, 5000);
    let timer = 0;
    const search = el("input", { type: "search", placeholder: label("search"), "aria-label": label("search"),
      oninput: (event) => { clearTimeout(timer); timer = setTimeout(() => set("query", event.target.value), 150); } });
    search.value = state.query;
    return el("div", { class: "filters", role: "search" }, search,
      select("grade", "every_grade", used(GRADES).map((key) => [key, nameOf("grade", key)])),
      select("attribute", "every_attribute", ATTRIBUTES.map((key) => [key, nameOf("attribute", key)])),
      select("rule", "every_rule", rules.map((key) => [key, ruleName(key)])),
      select("doc", "every_document", docs),
      el("button", { type: "button", onclick: () => { Object.assign(state, { query: "", grade: "", attribute: "", rule: "", doc: "", group: "", page: 0 }); draw(); } }, label("reset")));
  };
  const documentList = () => {
    const node = el("details", { class: "list" }, el("summary", {}, `${label("document_list")} (${documents.length.toLocaleString()})`));
    let page = 0;
    const fill = () => {
      const carried = [...new Set(documents.slice(0, 1000).flatMap((doc) => Object.keys(doc.carried)))].slice(0, 8);
      const shown = documents.slice(page * 200, page * 200 + 200), pages = Math.ceil(documents.length / 200);
      const table = el("table", {}, el("tr", {}, [label("document"), ...carried, label("conclusion"), label("by_grade"), label("problems"), label("hash")].map((name) => el("th", {}, name))),
        shown.map((doc) => el("tr", {}, el("td", { class: "cell" }, ...text(doc.name)), carried.map((key) => el("td", { class: "cell" }, ...text(doc.carried[key] || ""))), el("td", {}, conclusion(doc)),
          el("td", {}, GRADES.map((grade) => [grade, doc.findings.filter((item) => item.grade === grade).length]).filter((pair) => pair[1]).map(([grade, number]) => el("div", {}, `${nameOf("grade", grade)} ${number}`))),
          el("td", {}, doc.problems.map(([code, where, message]) => el("div", {}, `${code}${where ? ` [${where}]` : ""}: `, ...text(said(message))))), el("td", { title: doc.sha256 }, doc.sha256.slice(0, 12)))));
      const turn = (step) => () => { page += step; fill(); };
      while (node.childElementCount > 1) node.lastElementChild.remove();
      node.append(el("div", { class: "scroll" }, table));
      if (pages > 1) node.append(el("div", { class: "status" }, el("button", { type: "button", disabled: page === 0, onclick: turn(-1) }, label("previous")), label("page_of", { page: page + 1, pages }), el("button", { type: "button", disabled: page + 1 >= pages, onclick: turn(1) }, label("next"))));
    };
    node.addEventListener("toggle", () => { if (node.open && node.childElementCount === 1) fill(); });
    return node;
  };
  const CONCLUSIONS = { findings: ["with findings", "有结果"], nothing_found: ["nothing found", "未发现"], inconclusive: ["inconclusive", "无法得出结论"] };
  const conclusion = (doc) => CONCLUSIONS[doc.conclusion][zh];

  const refresh = (everything = false) => {
    const shown = findings.filter((item) => fits(item));
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const part = everything ? shown.slice(0, PRINT_LIMIT) : shown.slice(state.page * PAGE, (state.page + 1) * PAGE);
    const nodes = part.map(finding);
    const turn = (step) => () => { state.page += step; refresh(); parts.status.scrollIntoView({ block: "start" }); };
    const pager = () => (pages > 1 ? [el("button", { type: "button", disabled: state.page === 0, onclick: turn(-1) }, label("previous")), label("page_of", { page: state.page + 1, pages }), el("button", { type: "button", disabled: state.page + 1 >= pages, onclick: turn(1) }, label("next"))] : []);
    const toggle = (open) => () => { for (const node of nodes) { if (open) node.fill(); node.open = open; } };
    const replace = (key, node) => { parts[key].replaceWith(node); parts[key] = node; };
    replace("shared", shared());
    replace("charts", overview());
    replace("status", el("div", { class: "status", "aria-live": "polite" }, el("b", {}, label("shown", { shown: shown.length.toLocaleString(), all: findings.length.toLocaleString() })), el("span", { class: "grow" }), ...pager(),
      el("button", { type: "button", onclick: toggle(true) }, label("open_all")), el("button", { type: "button", onclick: toggle(false) }, label("close_all"))));
    replace("findings", el("div", { class: "findings" }, nodes.length ? nodes : el("p", { class: "empty" }, label(findings.length ? "none" : "nothing"))));
    replace("pager", el("div", { class: "status" }, el("span", { class: "grow" }), ...pager()));
    for (const [index, kind] of ["grade", "attribute", "rule", "doc"].entries()) parts.filters.querySelectorAll("select")[index].value = state[kind];
    if (everything) for (const node of nodes) { node.fill(); node.open = true; }
  };
  const draw = () => {
    document.documentElement.lang = zh ? "zh" : "en";
    document.title = `clausescan: ${label("heading")}`;
    for (const key of ["shared", "charts", "status", "findings", "pager"]) parts[key] = el("div");
    parts.filters = filters();
    const versions = Object.entries(meta.tool.versions || {}).map(([key, value]) => `${key} ${value}`).join(", ");
    root.replaceChildren(
      el("div", { class: "top" }, el("h1", {}, label("heading")), el("button", { type: "button", lang: zh ? "en" : "zh", onclick: () => { zh = 1 - zh; draw(); } }, zh ? "English" : "中文")),
      tiles(), parts.shared, parts.charts, findings.length ? parts.filters : "", parts.status, parts.findings, parts.pager, documentList(),
      el("p", { class: "foot" }, meta.disclaimer[zh]), el("p", { class: "foot" }, `clausescan ${meta.tool.version || ""} ${versions}`), el("p", { class: "note" }, label("print_note")));
    refresh();
  };
  window.addEventListener("beforeprint", () => refresh(true));
  window.addEventListener("afterprint", () => refresh());
  draw();
})();
