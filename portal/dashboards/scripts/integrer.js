// <script src="…/integrer.js" data-jeu="achats" data-graphique="carte" data-region="53" async></script>
(function (s) {
  var d = s.dataset, u = new URL(s.src), p = '/integrer/' + encodeURIComponent(d.jeu), q = new URLSearchParams();
  if (d.graphique) p += '/' + encodeURIComponent(d.graphique);
  for (var k in d) if (k != 'jeu' && k != 'graphique' && k != 'titre') q.set(k, d[k]);
  var f = document.createElement('iframe');
  f.src = u.origin + p + (q.size ? '?' + q : '');
  f.title = d.titre || 'Graphique : Mon Compte Formation';
  f.width = '100%'; f.height = 480; f.loading = 'lazy';
  f.setAttribute('frameborder', '0');
  f.setAttribute('sandbox', 'allow-scripts allow-popups allow-popups-to-escape-sandbox');
  s.after(f);
  addEventListener('message', function (e) {
    if (e.source == f.contentWindow && e.data && e.data.type == 'cpf-hauteur') f.height = Math.min(Math.max(+e.data.hauteur || 0, 100), 20000);
  });
})(document.currentScript);
