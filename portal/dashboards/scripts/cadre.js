// Tells the page around the frame how tall it is, at first and whenever that changes.
(function () {
  function tell() {
    parent.postMessage({ type: 'cpf-hauteur', hauteur: Math.ceil(document.body.getBoundingClientRect().height) }, '*');
  }
  if (window.ResizeObserver) new ResizeObserver(tell).observe(document.body);
  addEventListener('load', tell);
})();
