/* Looks at the page as it stands: what a screen reader, a small screen and weak eyes need.  Gives a list of faults in words. */
(function (want) {
  const bad = [], seen = e => { const r = e.getClientRects(); return r.length > 0 && r[0].width > 0 && getComputedStyle(e).visibility !== 'hidden'; };
  const say = (what, e) => bad.push(what + ': ' + (e ? e.outerHTML.replace(/\s+/g, ' ').slice(0, 160) : ''));
  document.querySelectorAll('details').forEach(d => d.open = true);

  // one h1, no step left out
  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1]);
  if (levels.filter(l => l === 1).length !== 1 || levels[0] !== 1) bad.push('headings begin ' + levels.slice(0, 4));
  levels.forEach((l, i) => { if (i > 0 && l > levels[i - 1] + 1) bad.push('heading ' + i + ' jumps from ' + levels[i - 1] + ' to ' + l); });
  document.querySelectorAll('h1,h2,h3').forEach(h => { if (!h.textContent.trim()) say('an empty heading', h); });

  // language, landmarks, title
  if (document.documentElement.lang !== want.lang) bad.push('language is ' + document.documentElement.lang);
  for (const [name, n] of [['header', 1], ['main', 1], ['footer', 1]]) if (document.querySelectorAll(name).length !== n) bad.push(name + ' is not there once');
  document.querySelectorAll('nav').forEach(n => { if (!n.getAttribute('aria-label')) say('a nav without a name', n); });
  if (!document.title.trim()) bad.push('no title');
  if (!document.querySelector('a.skip[href="#main"]')) bad.push('nothing leads past the head');
  if (document.querySelector('meta[name=viewport]').content.match(/user-scalable|maximum-scale/)) bad.push('zoom is forbidden');
  document.querySelectorAll('[lang]').forEach(e => { if (!/^(zxx|[a-z]{2})$/.test(e.lang)) say('no language', e); });
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  ids.forEach((x, i) => { if (ids.indexOf(x) !== i) bad.push('id twice: ' + x); });
  document.querySelectorAll('[aria-labelledby]').forEach(e => { if (!document.getElementById(e.getAttribute('aria-labelledby'))) say('named by nothing', e); });
  document.querySelectorAll('a[href^="#"],a[href*="#"]').forEach(e => { const id = e.hash.slice(1); if (e.pathname === location.pathname && id && !document.getElementById(id)) say('leads to nothing here', e); });
  document.querySelectorAll('dl').forEach(d => [...d.children].forEach(c => { if (!['DT', 'DD'].includes(c.tagName)) say('neither term nor words of a list', c); }));
  document.querySelectorAll('ul,ol').forEach(u => [...u.children].forEach(c => { if (c.tagName !== 'LI') say('no item of a list', c); }));

  // no scripts, nothing from elsewhere, nothing that jumps about
  if (document.querySelector('script,[onclick],[onload],iframe,object,embed,[autofocus],marquee,blink,video,audio,meta[http-equiv=refresh]')) bad.push('a script, a frame, or something that moves');
  document.querySelectorAll('[src],link[href],image').forEach(e => { const u = new URL(e.getAttribute('src') || e.getAttribute('href'), location.href); if (u.origin !== location.origin) say('from elsewhere', e); });
  document.querySelectorAll('[tabindex]').forEach(e => { if (e.tabIndex > 0) say('an order of its own', e); });

  // controls: a label each, and a target large enough for a thumb
  document.querySelectorAll('input:not([type=hidden]),textarea,select').forEach(e => { if (!e.labels || !e.labels.length || !e.labels[0].textContent.trim()) say('no label', e); });
  document.querySelectorAll('input[type=radio]').forEach(e => { if (!e.closest('fieldset') || !e.closest('fieldset').querySelector('legend').textContent.trim()) say('a choice without its question', e); });
  for (const [name, kind] of [['name', 'name'], ['email', 'email']]) document.querySelectorAll('input[name=' + name + ']').forEach(e => { if (e.autocomplete !== kind) say('its purpose is not told', e); });
  document.querySelectorAll('a,button,summary,input:not([type=hidden]),textarea').forEach(e => {
    const box = (e.type === 'radio' ? e.closest('label') : e), r = box.getBoundingClientRect();
    if (!seen(box) || e.classList.contains('skip')) return;
    if (r.width < 24 || r.height < 24) say('a target of ' + Math.round(r.width) + ' x ' + Math.round(r.height), e);
    if (r.left < -1 || r.right > innerWidth + 1) say('beyond the edge', e);
  });
  document.querySelectorAll('a').forEach(e => { if (!e.textContent.trim() && !e.getAttribute('aria-label')) say('a link without words', e); });

  // sideways
  if (document.scrollingElement.scrollWidth > innerWidth) {
    bad.push('wider than ' + innerWidth + ': ' + document.scrollingElement.scrollWidth);
    document.querySelectorAll('body *').forEach(e => { if (e.getBoundingClientRect().right > innerWidth + 1 && bad.length < 8) say('wide', e); });
  }

  // contrast: of words against what is behind them, and of the edges of what can be filled in
  const rgb = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const light = c => { const f = v => { v /= 255; return v <= .04045 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4); }; return .2126 * f(c[0]) + .7152 * f(c[1]) + .0722 * f(c[2]); };
  const ratio = (a, b) => { const x = light(a), y = light(b); return (Math.max(x, y) + .05) / (Math.min(x, y) + .05); };
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return want.dark ? [18, 18, 18, 1] : [255, 255, 255, 1]; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement;
    if (!n.data.trim() || !seen(e) || e.closest('svg')) continue;
    const s = getComputedStyle(e), px = parseFloat(s.fontSize), large = px >= 24 || (px >= 18.66 && +s.fontWeight >= 700), r = ratio(rgb(s.color), behind(e));
    if (r < (large ? 3 : 4.5)) say('contrast ' + r.toFixed(2), e);
    if (px < 14) say('letters of ' + px + ' px', e);
  }
  document.querySelectorAll('input:not([type=radio]):not([type=hidden]):not([type=file]),textarea').forEach(e => { const r = ratio(rgb(getComputedStyle(e).borderTopColor), behind(e.parentElement)); if (r < 3) say('edge ' + r.toFixed(2), e); });

  // with more room between lines, letters and words (1.4.12) nothing runs out of the page
  const roomy = new CSSStyleSheet();
  roomy.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [roomy];
  if (document.scrollingElement.scrollWidth > innerWidth) bad.push('wider than ' + innerWidth + ' with roomy letters: ' + document.scrollingElement.scrollWidth);
  document.querySelectorAll('body *').forEach(e => { if (getComputedStyle(e).overflow === 'hidden' && e.scrollHeight > e.clientHeight + 1 && !e.closest('svg')) say('cut off with roomy letters', e); });
  document.adoptedStyleSheets = [];
  return bad;
})
