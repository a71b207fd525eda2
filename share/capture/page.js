// Reads a page for a capture, in a world of its own, and changes nothing.  Gives one object of texts and numbers.
(() => {
  const MAX = 3000, TEXT = 600;
  const cut = s => String(s == null ? '' : s).replace(/\s+/g, ' ').trim().slice(0, TEXT);
  const pictures = [], links = [], banners = [], licences = [];
  const absolute = u => { try { return new URL(u, document.baseURI).href; } catch (e) { return ''; } };
  const box = (e, o) => { const r = e.getBoundingClientRect(); return [r.left + scrollX + o.x, r.top + scrollY + o.y, r.right + scrollX + o.x, r.bottom + scrollY + o.y]; };
  const credit = /(©|\(c\)|copyright|photo|foto|bild|image|credit|quelle|source|crédit|fuente|fonte|autor|author|photographer|fotograf)/i;

  const near = e => {
    const f = e.closest('figure');
    const caption = f && f.querySelector('figcaption') ? cut(f.querySelector('figcaption').innerText) : '';
    let around = '', at = e;
    for (let i = 0; i < 3 && at.parentElement && !around; i++) {
      at = at.parentElement;
      const t = cut(at.innerText);
      if (t && t.length < TEXT && credit.test(t)) around = t;
    }
    return [caption, around];
  };
  const put = (e, url, kind, o) => {
    if (pictures.length >= MAX || !url || url.startsWith('data:')) return;
    const [caption, around] = near(e);
    const s = (e.ownerDocument.defaultView || window).getComputedStyle(e);
    pictures.push({ url: url.slice(0, 8192), kind, box: box(e, o), natural: [e.naturalWidth || 0, e.naturalHeight || 0], alt: cut(e.alt || e.getAttribute('aria-label')),
      title: cut(e.title), caption, near: around, shown: s.visibility !== 'hidden' && s.display !== 'none' && s.opacity !== '0' });
  };

  const imprint = /^(impressum|imprint|legal notice|legal|mentions? l[ée]gales?|note legali|aviso legal|colophon|colofon|impressum.*|.*impressum)$/i;
  const terms = /^(agb|nutzungsbedingungen|terms( (of|and|&) .*)?|conditions .*|cgu|cgv|condizioni.*|t[ée]rminos.*|terms)$/i;
  const privacy = /^(datenschutz.*|privacy.*|confidentialit[ée].*|politique de conf.*|informativa.*|privacidad.*|pol[íi]tica de privacidad.*)$/i;
  const contact = /^(kontakt|contact( us)?|contacto|contatti|contattaci|nous contacter|über uns|about( us)?)$/i;
  const links_of = e => {
    const t = cut(e.innerText || e.title || e.getAttribute('aria-label')).slice(0, 120);
    const kind = imprint.test(t) ? 'imprint' : terms.test(t) ? 'terms' : privacy.test(t) ? 'privacy' : contact.test(t) ? 'contact' : '';
    if (kind && links.length < 100) links.push({ kind, url: absolute(e.getAttribute('href')), text: t });
    if (/\blicense\b/i.test(e.rel) || /creativecommons\.org\/(licenses|publicdomain)\//.test(e.href)) {
      if (licences.length < 100) licences.push({ url: absolute(e.getAttribute('href')), text: t, by: 'a' });
    }
  };

  const words = /(cookies?|consent|einwilligung|zustimm|datenschutz|privacy|gdpr|dsgvo|rgpd|tracking|akzeptier|accepter|accept all|accetta|aceptar|rifiut|rechazar|alle ablehnen)/i;
  const overlay = (e, s, o) => {
    if (banners.length >= 20 || (s.position !== 'fixed' && s.position !== 'sticky' && e.tagName !== 'DIALOG')) return;
    const r = e.getBoundingClientRect(), t = cut(e.innerText);
    if (r.width * r.height < 4000 || s.visibility === 'hidden' || s.display === 'none' || !words.test(t)) return;
    banners.push({ text: t, box: box(e, o), buttons: [...e.querySelectorAll('button,[role=button],a')].map(b => cut(b.innerText).slice(0, 60)).filter(b => b).slice(0, 12) });
  };

  let seen = 0;
  const walk = (root, o) => {
    const doc = root.ownerDocument || root, view = doc.defaultView || window;
    for (const e of root.querySelectorAll('*')) {
      if (++seen > 60000) return;
      const tag = e.tagName.toUpperCase();
      if (tag === 'IMG') put(e, e.currentSrc || e.src, 'img', o);
      else if (tag === 'VIDEO' && e.poster) put(e, e.poster, 'poster', o);
      else if (tag === 'INPUT' && e.type === 'image') put(e, e.src, 'input', o);
      else if (tag === 'IMAGE') put(e, e.href && e.href.baseVal ? absolute(e.href.baseVal) : '', 'svg', o);
      else if ((tag === 'A' || tag === 'LINK') && e.hasAttribute('href')) links_of(e);
      else if (tag === 'OBJECT' && e.data && /^image\//.test(e.type)) put(e, e.data, 'object', o);
      const s = view.getComputedStyle(e);
      if (s.backgroundImage && s.backgroundImage !== 'none')
        for (const m of s.backgroundImage.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) put(e, m[1], 'background', o);
      overlay(e, s, o);
      if (e.shadowRoot) walk(e.shadowRoot, o);
      if (tag === 'IFRAME' || tag === 'FRAME') {
        let inner = null;
        try { inner = e.contentDocument; } catch (x) { inner = null; }
        if (inner && inner.documentElement) { const r = e.getBoundingClientRect(); walk(inner, { x: o.x + r.left + e.clientLeft, y: o.y + r.top + e.clientTop }); }
      }
    }
  };
  walk(document, { x: 0, y: 0 });

  for (const s of document.querySelectorAll('script[type="application/ld+json"]')) {
    if (licences.length >= 100) break;
    for (const m of s.textContent.slice(0, 200000).matchAll(/"(license|acquireLicensePage|creditText|copyrightNotice|creator)"\s*:\s*"((?:[^"\\]|\\.){1,400})"/g))
      if (licences.length < 100) licences.push({ url: /^https?:/.test(m[2]) ? m[2] : '', text: cut(m[1] + ': ' + m[2]), by: 'json-ld' });
  }
  for (const m of document.querySelectorAll('meta[name="copyright"],meta[name="author"],meta[name="rights"],meta[property="article:author"],meta[name="robots"],meta[name="tdm-reservation"]'))
    if (licences.length < 100) licences.push({ url: '', text: cut((m.name || m.getAttribute('property')) + ': ' + m.content), by: 'meta' });

  const d = document.documentElement, b = document.body;
  return { title: cut(document.title), url: location.href, width: innerWidth, height: innerHeight, lang: cut(d.lang).slice(0, 20),
    page_width: Math.max(d.scrollWidth, b ? b.scrollWidth : 0), page_height: Math.max(d.scrollHeight, b ? b.scrollHeight : 0),
    pictures, links, banners, licences, elements: seen };
})()
