(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("lesson").textContent);
  var WORDS = {
    en: {
      how: "What to do in class", predict: "First guess, then look", store: "Store my guess and show what happens",
      district: "The district, week by week", back: "Back",
      end: "To the end", speed: "weeks a second", weekly: "How it goes", whole: "The whole run, seed {seed}",
      follow: "Follow one problem", caseLine: "{number} · {kind} · week {week}", problem: "Problem", seeds: "Other chance, same rules", name: "Your name or any word",
      followHow: "Choose a problem from the list, or click one in the district. A problem of the same number is the same problem on both sides.",
      add: "Run my district", all: "Show all stored seeds", clear: "Clear", knob: "Turn one knob", field: "Every model in this district",
      discussion: "To talk about", answers: "Answers that can be checked", check: "Check", handIn: "Save my answers as answers.yaml",
      again: "Start again with a new guess", difference: "right minus left", indicator: "Indicator", higher: "{side} higher by {n} {unit}", points: "{side} higher by {n} percentage points",
      pointsOf: "{side} higher by {n} percentage points ({unit})",
      same: "no difference", exactly: "exactly 0: every number of every week is the same", guess: "Your guess: {guess}. In this run: {truth}.",
      seedsHow: "Every name stands for one of {n} stored seeds: other residents, other problems, other luck, the same rules. The same name always gives the same seed.",
      mine: "{name}: seed {seed}. {left}: {a}. {right}: {b}. Right minus left: {d}.",
      spread: "{n} runs shown, {all} seeds stored. {left}: mean {am}, from {al} to {ah}. {right}: mean {bm}, from {bl} to {bh}. {left} is higher in {wins} of {n}, {right} in {losses}.",
      none: "Nothing shown yet.", fieldHow: "Means over {n} seeds. ▼ marks the worst model in a column; click a heading to sort. Columns without ▼ are neither better nor worse.",
      model: "model", wrong: "not yet. {hint}", correct: "within the tolerance of ±{t} (spread over seeds)", correctName: "yes", notFound: "This problem did not arise on this side.",
      gridHow: "means over {n} seeds at each value, smallest to largest in brackets", over: "over {n} seeds", thisRun: "this run",
      limits: "In this model, under these assumptions. It says how the arrangements work here, not what will happen in a real place. Both sides have the same hours and money.",
      made: "Made by govsim {version} from {file}. The same numbers: ",
      keys: "Keys: space plays and pauses, arrows step, Home resets, End goes to the end, F projector, L language.",
      projector: "Projector (F)", notRun: "n/a",
      ties: "{drawn} of {all} ties drawn", choose: "Move the slider, then store.", typeNumber: "a number"
    },
    zh: {
      how: "课堂步骤", predict: "先预测，再观察", store: "保存我的预测并开始观察",
      district: "逐周看社区", back: "后退",
      end: "到最后", speed: "每秒周数", weekly: "变化过程", whole: "全程结果（种子 {seed}）",
      follow: "跟踪一个问题", caseLine: "{number} · {kind} · 第 {week} 周", problem: "问题", seeds: "规则相同，运气不同", name: "你的名字或任意词语",
      followHow: "从列表中选择一个问题，或在图中点击。编号相同的问题，在两侧是同一个问题。",
      add: "运行我的社区", all: "显示全部预存种子", clear: "清空", knob: "只动一个旋钮", field: "本区下的各种模式",
      discussion: "讨论", answers: "可以核对的答案", check: "核对", handIn: "把我的答案存为 answers.yaml",
      again: "重新预测", difference: "右减左", indicator: "指标", higher: "{side}高 {n}（{unit}）", points: "{side}高 {n} 个百分点", pointsOf: "{side}高 {n} 个百分点（{unit}）",
      same: "没有差别", exactly: "恰好为 0：每一周的每个数字都相同", guess: "你的预测：{guess}。本次运行：{truth}。",
      seedsHow: "每个名字对应 {n} 个预存种子之一：居民、问题、运气都不同，规则相同。同一个名字总是得到同一个种子。",
      mine: "{name}：种子 {seed}。{left}：{a}；{right}：{b}；右减左：{d}。",
      spread: "已显示 {n} 次运行，共预存 {all} 个种子。{left}：平均 {am}，{al} 到 {ah}。{right}：平均 {bm}，{bl} 到 {bh}。{left}较高 {wins} 次，{right}较高 {losses} 次。",
      none: "尚未显示任何种子。", fieldHow: "{n} 个种子的平均值。▼ 表示该列中最差的模式；点击表头可排序。没有 ▼ 的列无所谓好坏。",
      model: "模式", wrong: "还不对。{hint}", correct: "在容差 ±{t} 之内（取自种子间的离散程度）", correctName: "正确", notFound: "这一侧没有出现这个问题。",
      gridHow: "每个取值 {n} 个种子的平均值，括号内为最小到最大", over: "{n} 个种子", thisRun: "本次运行",
      limits: "以上均为本模型在所设假设下的结果，说明各种安排在模型中如何运作，不代表现实中会发生什么。两侧的工时与资金相同。",
      made: "由 govsim {version} 根据 {file} 生成。得到同样数字的命令：",
      keys: "按键：空格播放或暂停，左右方向键逐周移动，Home 重置，End 到最后，F 投影模式，L 切换语言。",
      projector: "投影模式 (F)", notRun: "无",
      ties: "图中画出 {all} 条联系中的 {drawn} 条", choose: "移动滑块，然后保存。", typeNumber: "一个数字"
    }
  };
  Object.keys(WORDS).forEach(function (language) { Object.assign(WORDS[language], data.words[language]); });
  var SIDES = ["left", "right"];
  var lang = (navigator.language || "en").slice(0, 2) === "zh" ? "zh" : "en";
  var week = 0, timer = null, guess = null, shown = [], newest = null, chosen = null, sortBy = null, given = {};
  var stages = {};
  var key = "govsim-lesson-" + data.name + "-" + data.made;

  function $(id) { return document.getElementById(id); }
  function put(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return values && values[name] !== undefined ? values[name] : whole; });
  }
  function word(name, values) { return put(WORDS[lang][name], values); }
  function say(text) { return text[lang] || text.en || text.zh; }
  function named(side) { return say(data.sides[side].name); }
  function element(tag, text, attributes) {
    var made = document.createElement(tag);
    if (text !== undefined && text !== null) { made.textContent = text; }
    Object.keys(attributes || {}).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    return made;
  }
  function fixed(value, decimals) {
    if (value === null || value === undefined) { return word("notRun"); }
    var text = Math.abs(value) < 1e-12 ? (0).toFixed(decimals) : value.toFixed(decimals);
    return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text.replace("-", "−");
  }
  function signed(value, decimals) {
    if (value === 0) { return "0"; }
    var text = fixed(value, decimals);
    return value > 0 ? "+" + text : text;
  }
  function about(name) { return data.indicators[name]; }
  function label(item) { return say(item.label); }
  function titled(item) {
    var unit = item.beside[lang];
    return label(item) + (unit && (lang === "zh" ? "（" + unit + "）" : ", " + unit));
  }
  function known(list) { return list.filter(function (v) { return v !== null; }); }
  function mean(list) { var k = known(list); return k.length ? k.reduce(function (a, b) { return a + b; }, 0) / k.length : null; }
  function least(list) { var k = known(list); return k.length ? Math.min.apply(null, k) : null; }
  function most(list) { var k = known(list); return k.length ? Math.max.apply(null, k) : null; }
  function store(value) { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, String(value)); } catch (error) { /* a file may have no storage */ } }
  function stored() { try { var v = localStorage.getItem(key); return v === null ? null : Number(v); } catch (error) { return null; } }

  function towards(value, item) {
    if (value === 0) { return word("same"); }
    var unit = item.unit.en, sentence = unit === "% points" ? "points" : unit[0] === "%" ? "pointsOf" : "higher";
    return word(sentence, { side: named(value > 0 ? "right" : "left"), n: fixed(Math.abs(value), item.decimals), unit: say(item.unit) });
  }

  // Texts that stay

  function texts() {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = say(data.title);
    $("language").textContent = lang === "zh" ? "English (L)" : "中文 (L)";
    $("language").lang = lang === "zh" ? "en" : "zh";
    $("projector").textContent = word("projector");
    document.querySelectorAll("[data-word]").forEach(function (node) { node.textContent = word(node.dataset.word); });
    $("title").textContent = say(data.title);
    $("question").textContent = say(data.question);
    $("story").textContent = say(data.story);
    fill($("steps"), data.steps.map(function (text) { return element("li", say(text)); }));
    fill($("discussion"), data.discussion.map(function (text) { return element("li", say(text)); }));
    $("how").hidden = !data.steps.length;
    $("guess-question").textContent = say(data.prediction.question);
    $("guess-left").textContent = "← " + named("left");
    $("guess-right").textContent = named("right") + " →";
    $("controls").setAttribute("aria-label", word("district"));
    $("limits").textContent = word("limits");
    fill($("made"), [element("span", word("made", { version: data.version, file: data.file }))].concat(SIDES.map(command)));
    SIDES.forEach(function (side) {
      var figure = document.querySelector("figure[data-side=" + side + "]");
      figure.querySelector(".name").textContent = word("headed", { what: word(side), name: named(side) });
    });
    legend();
    guessing();
    $("seeds-how").textContent = word("seedsHow", { n: data.seeds.list.length });
    heads();
    answers();
    models();
    cases();
  }

  function fill(node, children) {
    node.textContent = "";
    children.forEach(function (child) { node.appendChild(child); });
  }

  // A command whose words do not break, so that it can be read and copied.
  function command(side) {
    var line = element("code");
    data.sides[side].command.split(" ").forEach(function (part) {
      line.appendChild(element("span", part));
      line.appendChild(document.createTextNode(" "));
    });
    return line;
  }

  function legend() {
    fill($("legend"), data.signs.map(function (kind) {
      var item = element("li"), sign = element("canvas", null, { width: 48, height: 48, "aria-hidden": "true" });
      item.appendChild(sign);
      item.appendChild(element("span", word(kind)));
      Stage.sign(sign, kind);
      return item;
    }));
    var setting = data.settings[data.sides.left.setting];
    if (setting.ties.length / 2 < setting.tied) { $("legend").appendChild(element("li", word("ties", { drawn: setting.ties.length / 2, all: setting.tied }))); }
  }

  function heads() { ["weekly", "summary", "knobs"].forEach(function (id) { fill($(id).tHead, [head()]); }); }

  // Where there is no room for the names, the sides are called left and right.
  function head() {
    var made = element("tr");
    [null, "left", "right", null].forEach(function (side, k) {
      var cell = element("th", side ? null : word(k ? "difference" : "indicator"), { scope: "col" });
      if (side) {
        cell.appendChild(element("span", named(side), { "class": "long" }));
        cell.appendChild(element("span", word(side), { "class": "short" }));
      }
      made.appendChild(cell);
    });
    return made;
  }

  // The guess

  function guessing() {
    var item = about(data.prediction.indicator), value = Number($("guess").value);
    $("guess").setAttribute("aria-label", say(data.prediction.question));
    $("guess").setAttribute("aria-valuetext", towards(value, item));
    $("guess-words").textContent = towards(value, item);
  }

  function open() {
    var isOpen = guess !== null;
    $("gate").hidden = isOpen;
    $("after").hidden = !isOpen;
    ["reset", "back", "step", "play", "end"].forEach(function (id) { $(id).disabled = !isOpen; });
    if (isOpen) { charts(); draw(); seeds(); knob(); }
  }

  // Weeks

  function go(to) {
    week = Math.max(0, Math.min(data.weeks, to));
    if (week === data.weeks) { play(false); }
    draw();
  }

  function play(on) {
    if (timer !== null) { clearInterval(timer); timer = null; }
    if (on && guess !== null) {
      if (week === data.weeks) { week = 0; }
      timer = setInterval(function () { go(week + 1); }, Number($("speed").value));
    }
    $("play").textContent = word(timer === null ? "play" : "pause");
  }

  function counts(frame) {
    var n = [0, 0, 0, 0, 0], k;
    for (k = 3; k < frame.problems.length; k += 4) { n[frame.problems[k]] += 1; }
    return { active: frame.active.length, hidden: n[0], known: n[1], work: n[2], resolved: n[3], explained: n[4] };
  }

  function draw() {
    $("week").textContent = word("week", { n: week, all: data.weeks });
    $("week").dataset.week = String(week);
    SIDES.forEach(function (side) {
      var frame = data.sides[side].frames[week], values = counts(frame);
      stages[side].draw(frame);
      values.name = named(side);
      values.n = week;
      stages[side].canvas.setAttribute("aria-label", word("alt", values));
    });
    $("play").textContent = word(timer === null ? "play" : "pause");
    if (guess === null) { return; }
    fill($("weekly").tBodies[0], data.curves.map(function (name) {
      var item = data.columns[name], a = week ? data.sides.left.weekly[name][week - 1] : null, b = week ? data.sides.right.weekly[name][week - 1] : null;
      return line(item, a, b, name, item.decimals);
    }));
    data.curves.forEach(curve);
    whole();
  }

  function line(item, a, b, name, decimals) {
    var row = element("tr", null, { "data-name": name }), head = element("th", label(item) + " ", { scope: "row", title: say(item.definition) });
    head.appendChild(element("span", item.beside[lang], { "class": "unit" }));
    row.appendChild(head);
    row.appendChild(element("td", fixed(a, decimals), { "data-side": "left", "data-value": a === null ? "" : a }));
    row.appendChild(element("td", fixed(b, decimals), { "data-side": "right", "data-value": b === null ? "" : b }));
    row.appendChild(element("td", a === null || b === null ? word("notRun") : signed(b - a, decimals), { "data-side": "difference" }));
    return row;
  }

  function even(box, count) { box.classList.toggle("even", count === 4); }

  function charts() {
    even($("curves"), data.curves.length);
    fill($("curves"), data.curves.map(function (name) {
      var box = element("div"), item = data.columns[name];
      box.appendChild(element("h3", titled(item)));
      box.appendChild(element("canvas", null, { "class": "chart", role: "img", id: "curve-" + name }));
      return box;
    }));
  }

  function curve(name) {
    var item = data.columns[name], left = data.sides.left.weekly[name], right = data.sides.right.weekly[name];
    var canvas = $("curve-" + name), xs = left.map(function (v, k) { return k + 1; });
    Curves.lines(canvas, { xs: xs, left: left, right: right, upTo: week, xLabel: word("axis") });
    var a = week ? left[week - 1] : null, b = week ? right[week - 1] : null;
    canvas.setAttribute("aria-label", label(item) + ", " + word("week", { n: week, all: data.weeks }) + ": " + named("left") + " " + fixed(a, item.decimals) + ", " + named("right") + " " + fixed(b, item.decimals));
  }

  function identical() {
    return SIDES.every(function () { return JSON.stringify(data.sides.left.weekly) === JSON.stringify(data.sides.right.weekly); });
  }

  function whole() {
    var done = week === data.weeks;
    $("whole").hidden = !done;
    if (!done) { return; }
    $("whole-title").textContent = word("whole", { seed: data.sides.left.seed === data.sides.right.seed ? data.sides.left.seed : data.sides.left.seed + " / " + data.sides.right.seed });
    var item = about(data.prediction.indicator), a = data.sides.left.indicators[data.prediction.indicator], b = data.sides.right.indicators[data.prediction.indicator];
    var truth = a === null || b === null ? word("notRun") : identical() ? word("exactly") : towards(b - a, item);
    $("guessed").textContent = word("guess", { guess: towards(guess, item), truth: truth });
    fill($("summary").tBodies[0], data.watched.map(function (name) {
      return line(about(name), data.sides.left.indicators[name], data.sides.right.indicators[name], name, about(name).decimals);
    }));
  }

  // One problem

  function cases() {
    var list = $("case"), numbers = data.cases;
    fill(list, [element("option", "…", { value: "" })].concat(numbers.map(function (item) {
      return element("option", word("caseLine", { number: item.number, kind: say(data.classes[item.of]), week: item.week }), { value: item.number });
    })));
    list.value = chosen === null ? "" : String(chosen);
    tell();
  }

  function tell() {
    SIDES.forEach(function (side) {
      var told = chosen === null ? [] : data.sides[side].stories[chosen];
      var lines = told ? told[lang] || told : null;
      if (chosen !== null && !lines) { lines = [word("notFound")]; }
      fill($("told-" + side), (lines || []).length ? [element("p", named(side), { "class": "lead" })].concat(lines.map(function (text) { return element("p", text); })) : []);
    });
  }

  function choose(number) {
    chosen = number;
    var item = data.cases.filter(function (one) { return one.number === number; })[0];
    SIDES.forEach(function (side) {
      stages[side].chosen = item ? item.household : null;
      stages[side].draw(data.sides[side].frames[week]);
    });
    $("case").value = item ? String(number) : "";
    tell();
  }

  // Seeds

  function seedOf(name) {
    var text = name.trim().normalize("NFC").toLowerCase(), hash = 2166136261, k;
    for (k = 0; k < text.length; k += 1) {
      hash ^= text.charCodeAt(k);
      hash = Math.imul(hash, 16777619) >>> 0;
    }
    return hash % data.seeds.list.length;
  }

  function seeds() {
    var name = data.prediction.indicator, item = about(name), all = { left: data.seeds.left[name], right: data.seeds.right[name] };
    var here = { left: shown.map(function (k) { return all.left[k]; }), right: shown.map(function (k) { return all.right[k]; }) };
    var both = all.left.concat(all.right);
    Curves.dots($("histogram"), { left: here.left, right: here.right, all: both, newest: newest, xLabel: titled(item), names: { left: named("left"), right: named("right") } });
    var wins = 0, losses = 0;
    shown.forEach(function (k) { if (all.left[k] !== null && all.right[k] !== null) { wins += all.left[k] > all.right[k] ? 1 : 0; losses += all.left[k] < all.right[k] ? 1 : 0; } });
    var text = shown.length ? word("spread", {
      n: shown.length, all: data.seeds.list.length, left: named("left"), right: named("right"), wins: wins, losses: losses,
      am: fixed(mean(here.left), item.decimals), al: fixed(least(here.left), item.decimals), ah: fixed(most(here.left), item.decimals),
      bm: fixed(mean(here.right), item.decimals), bl: fixed(least(here.right), item.decimals), bh: fixed(most(here.right), item.decimals)
    }) : word("none");
    $("spread").textContent = text;
    $("histogram").setAttribute("aria-label", text);
    $("histogram").dataset.count = String(shown.length);
    if (newest) {
      var a = all.left[newest.at], b = all.right[newest.at];
      $("mine").textContent = word("mine", { name: newest.name, seed: data.seeds.list[newest.at], left: named("left"), right: named("right"),
        a: fixed(a, item.decimals), b: fixed(b, item.decimals), d: a === null || b === null ? word("notRun") : signed(b - a, item.decimals) });
      $("mine").dataset.seed = String(data.seeds.list[newest.at]);
    } else { $("mine").textContent = ""; }
  }

  function add() {
    var name = $("name").value.trim();
    if (!name) { $("name").focus(); return; }
    newest = { name: name, at: seedOf(name) };
    shown.push(newest.at);
    $("name").value = "";
    seeds();
  }

  // The grid

  function knob() {
    var grid = data.grid;
    $("grid").hidden = !grid;
    if (!grid) { return; }
    var at = Number($("knob").value);
    $("knob-label").textContent = titled(grid);
    $("knob-value").textContent = String(grid.values[at]);
    $("knob").setAttribute("aria-valuetext", grid.values[at] + " " + say(grid.unit));
    fill($("knobs").tBodies[0], data.watched.map(function (name) {
      var item = about(name), a = grid.left[at][name], b = grid.right[at][name], row = line(item, mean(a), mean(b), name, item.decimals);
      [[1, a], [2, b]].forEach(function (pair) {
        if (known(pair[1]).length) { row.cells[pair[0]].appendChild(element("span", " (" + fixed(least(pair[1]), item.decimals) + "–" + fixed(most(pair[1]), item.decimals) + ")", { "class": "range" })); }
      });
      return row;
    }));
    var boxes = data.watched.slice(0, 4).map(function (name) {
      var box = element("div"), item = about(name);
      box.appendChild(element("h3", titled(item)));
      box.appendChild(element("canvas", null, { "class": "chart", role: "img" }));
      return box;
    });
    fill($("knob-charts"), boxes);
    even($("knob-charts"), boxes.length);
    boxes.forEach(function (box, k) {
      var name = data.watched[k], item = about(name), canvas = box.querySelector("canvas");
      var left = grid.left.map(function (cell) { return mean(cell[name]); }), right = grid.right.map(function (cell) { return mean(cell[name]); });
      Curves.lines(canvas, { xs: grid.values, left: left, right: right, upTo: left.length, at: at, marks: 1, xLabel: say(grid.label) });
      canvas.setAttribute("aria-label", label(item) + ": " + grid.values.map(function (v, n) { return v + ": " + named("left") + " " + fixed(left[n], item.decimals) + ", " + named("right") + " " + fixed(right[n], item.decimals); }).join("; ") + ". " + word("gridHow", { n: grid.seeds }));
    });
  }

  // Many models

  function models() {
    var field = data.field;
    $("field").hidden = !field;
    if (!field) { return; }
    $("field-how").textContent = word("fieldHow", { n: field.seeds });
    var head = element("tr");
    head.appendChild(element("th", word("model"), { scope: "col" }));
    field.indicators.forEach(function (name) {
      var cell = element("th", null, { scope: "col" }), button = element("button", label(about(name)), { type: "button", title: say(about(name).definition) });
      button.addEventListener("click", function () { sortBy = name; models(); });
      if (sortBy === name) { cell.setAttribute("aria-sort", "descending"); }
      cell.appendChild(button);
      cell.appendChild(element("span", " " + about(name).beside[lang], { "class": "unit" }));
      head.appendChild(cell);
    });
    fill($("models").tHead, [head]);
    var rows = field.rows.slice();
    if (sortBy) { rows.sort(function (a, b) { return (b.means[sortBy] === null ? -Infinity : b.means[sortBy]) - (a.means[sortBy] === null ? -Infinity : a.means[sortBy]); }); }
    fill($("models").tBodies[0], rows.map(function (one) {
      var row = element("tr", null, { "data-model": one.model });
      row.appendChild(element("th", say(one.name), { scope: "row" }));
      field.indicators.forEach(function (name) {
        row.appendChild(element("td", fixed(one.means[name], about(name).decimals), field.worst[name] === one.model ? { "class": "worst" } : {}));
      });
      return row;
    }));
  }

  // Answers

  function answers() {
    $("checking").hidden = !Object.keys(data.answers).length;
    fill($("answers"), Object.keys(data.answers).map(function (name) {
      var asked = data.answers[name], item = element("li"), bar = element("div", null, { "class": "bar" }), field, id = "answer-" + name;
      item.appendChild(element("label", say(asked.question) + " (" + (asked.models ? word("model") : say(asked.unit)) + ")", { "for": id }));
      if (asked.models) {
        field = element("select", null, { id: id });
        fill(field, [element("option", "…", { value: "" })].concat(asked.models.map(function (one) { return element("option", say(one.name), { value: one.model }); })));
      } else { field = element("input", null, { id: id, type: "number", step: "any" }); }
      field.value = given[name] === undefined ? "" : given[name];
      var told = element("span", null, { role: "status" }), button = element("button", word("check"), { type: "button" });
      field.addEventListener("input", function () { given[name] = field.value; handIn(); told.textContent = ""; told.className = ""; });
      button.addEventListener("click", function () {
        if (field.value === "") { field.focus(); return; }
        var right = asked.models ? field.value === asked.value : Math.abs(Number(field.value) - asked.value) <= asked.tolerance + 1e-9;
        told.className = right ? "right-answer" : "wrong-answer";
        told.textContent = right ? (asked.models ? word("correctName") : word("correct", { t: Curves.short(asked.tolerance) })) : word("wrong", { hint: say(asked.hint) });
      });
      [field, button, told].forEach(function (node) { bar.appendChild(node); });
      item.appendChild(bar);
      return item;
    }));
    handIn();
  }

  function handIn() {
    var text = Object.keys(given).filter(function (name) { return given[name] !== ""; }).map(function (name) { return name + ": " + given[name]; }).join("\n") + "\n";
    $("hand-in").href = "data:text/yaml;charset=utf-8," + encodeURIComponent(text);
  }

  // Controls

  function language() { lang = lang === "zh" ? "en" : "zh"; render(); }
  function projector() {
    var on = document.documentElement.classList.toggle("projector");
    $("projector").setAttribute("aria-pressed", String(on));
    fit();
  }
  function fit() {
    SIDES.forEach(function (side) { stages[side].fit(); });
    if (guess !== null) { draw(); seeds(); knob(); }
  }
  function render() {
    texts();
    SIDES.forEach(function (side) { stages[side].speak(lang); });
    if (guess !== null) { charts(); seeds(); knob(); }
    draw();
  }

  $("language").addEventListener("click", language);
  $("projector").addEventListener("click", projector);
  $("guess").addEventListener("input", guessing);
  $("store").addEventListener("click", function () { guess = Number($("guess").value); store(guess); open(); $("play").focus(); });
  $("again").addEventListener("click", function () { play(false); guess = null; store(null); week = 0; shown = []; newest = null; given = {}; choose(null); open(); render(); window.scrollTo(0, 0); });
  $("reset").addEventListener("click", function () { play(false); go(0); });
  $("back").addEventListener("click", function () { play(false); go(week - 1); });
  $("step").addEventListener("click", function () { play(false); go(week + 1); });
  $("end").addEventListener("click", function () { play(false); go(data.weeks); });
  $("play").addEventListener("click", function () { play(timer === null); });
  $("speed").addEventListener("change", function () { if (timer !== null) { play(true); } });
  $("case").addEventListener("change", function () { choose($("case").value === "" ? null : Number($("case").value)); });
  $("add").addEventListener("click", add);
  $("name").addEventListener("keydown", function (event) { if (event.key === "Enter") { add(); } });
  $("all").addEventListener("click", function () { newest = null; shown = data.seeds.list.map(function (v, k) { return k; }); seeds(); });
  $("clear").addEventListener("click", function () { newest = null; shown = []; seeds(); });
  $("knob").addEventListener("input", knob);
  document.addEventListener("keydown", function (event) {
    var tag = event.target.tagName;
    if (event.ctrlKey || event.metaKey || event.altKey || tag === "INPUT" && event.target.type !== "range" || tag === "SELECT" || tag === "TEXTAREA") { return; }
    var press = event.key.toLowerCase();
    if (press === "f") { projector(); return; }
    if (press === "l") { language(); return; }
    if (guess === null || tag === "INPUT") { return; }
    if (press === " " && tag !== "BUTTON" && tag !== "SUMMARY" && tag !== "A") { event.preventDefault(); play(timer === null); }
    else if (press === "arrowright") { event.preventDefault(); play(false); go(week + 1); }
    else if (press === "arrowleft") { event.preventDefault(); play(false); go(week - 1); }
    else if (press === "home") { event.preventDefault(); play(false); go(0); }
    else if (press === "end") { event.preventDefault(); play(false); go(data.weeks); }
  });
  var later = null;
  window.addEventListener("resize", function () { clearTimeout(later); later = setTimeout(fit, 150); });

  SIDES.forEach(function (side) {
    var figure = document.querySelector("figure[data-side=" + side + "]"), canvas = figure.querySelector("canvas.view");
    stages[side] = new Stage(canvas, data.settings[data.sides[side].setting], lang);
    Curves.sign(figure.querySelector("canvas.sign"), side);
    canvas.addEventListener("click", function (event) {
      var found = guess === null ? null : stages[side].pick(event);
      if (found && found.problem !== undefined) { choose(found.problem); }
    });
  });
  var reach = data.prediction.reach;
  $("guess").min = -reach;
  $("guess").max = reach;
  $("guess").step = reach / 20;
  $("guess").value = 0;
  if (data.grid) { $("knob").max = data.grid.values.length - 1; $("knob").value = data.grid.own; }
  guess = stored();
  texts();
  open();
  draw();
})();
