package io.runbook4j.report;

/** How the pages look, and the script that filters their lists. Nothing in here varies. */
final class Look {
  // Colours: text has a contrast of at least 4.5 : 1 on both grounds, bars at least 3 : 1 (WCAG
  // 2.2).
  static final String STYLE = """

      :root{--ground:#fff;--card:#f6f7f9;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--good:#1a7f37;
      --bad:#c2202c;--warn:#9a5b00;--bar:#2f6fb3;--part:#8250c4;--wait:#6b7683}
      @media(prefers-color-scheme:dark){:root{--ground:#14171c;--card:#1d2229;--text:#e6e9ee;--soft:#a3adb9;
      --line:#3a424d;--good:#57c76f;--bad:#ff7b72;--warn:#e3a43c;--bar:#6aa9ea;--part:#b99af2;--wait:#98a3b0}}
      *{box-sizing:border-box}
      body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",
      Roboto,"Noto Sans","DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%}
      main{max-width:72rem;margin:0 auto;padding:1rem}
      h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}
      h2{font-size:1.15rem;margin:0 0 .5rem}
      section{margin:1.75rem 0}
      p,ul{margin:.4rem 0}
      ul{padding-left:1.25rem}
      li,p,td,code{overflow-wrap:anywhere}
      .verdict{border-left:.4rem solid var(--soft);background:var(--card);padding:.6rem .9rem;font-size:1.1rem}
      .verdict.good{border-color:var(--good)}.verdict.bad{border-color:var(--bad)}.verdict.warn{border-color:var(--warn)}
      .good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.soft{color:var(--soft)}
      .verdict{color:var(--text)}
      .facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;margin:.75rem 0}
      .facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
      .counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.5rem;margin:.5rem 0;padding:0;
      list-style:none}
      .counts li{background:var(--card);padding:.5rem .75rem}
      .counts b{display:block;font-size:1.35rem;line-height:1.2;font-variant-numeric:tabular-nums}
      .counts i{font-style:normal;color:var(--soft)}
      figure{margin:1rem 0}
      figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem}
      figcaption b{font-weight:600}
      svg{display:block;width:100%;height:5rem;background:var(--card);border-bottom:1px solid var(--soft)}
      svg.row{height:.8rem;border:0}
      svg.small{height:2.5rem}
      .reasons li{margin:.6rem 0}
      .plain{fill:var(--bar)}.partly{fill:var(--part)}.badly{fill:var(--bad)}.limited{fill:var(--warn)}.waited{fill:var(--wait)}
      .ends{display:flex;justify-content:space-between;color:var(--soft)}
      .key svg{display:inline-block;width:.8em;height:.8em;border:0;margin:0 .35em 0 0;vertical-align:baseline}
      .key{display:flex;flex-wrap:wrap;gap:0 1.25rem;color:var(--soft)}
      table{border-collapse:collapse;width:100%;font-size:.94em}
      th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
      th{color:var(--soft);font-weight:600}
      td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
      .w1 td:nth-child(1),.w2 td:nth-child(2),.w3 td:nth-child(3),.w4 td:nth-child(4),.w5 td:nth-child(5),
      .w6 td:nth-child(6){overflow-wrap:normal}
      .b1 td:nth-child(1),.b2 td:nth-child(2),.b3 td:nth-child(3),.b4 td:nth-child(4),.b5 td:nth-child(5),
      .b6 td:nth-child(6){min-width:12em}
      @media print,(min-width:52rem){
      .s1 td:nth-child(1),.s2 td:nth-child(2),.s3 td:nth-child(3),.s4 td:nth-child(4),.s5 td:nth-child(5),
      .s6 td:nth-child(6){white-space:nowrap}
      }
      summary{cursor:pointer;padding:.3rem 0}
      pre{background:var(--card);padding:.75rem;margin:.5rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
      pre,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
      pre code{font-size:1em}
      .filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.5rem 0}
      .filter[hidden],tr[hidden]{display:none}
      input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);padding:.4rem .6rem;
      width:100%;max-width:24rem}
      ::placeholder{color:var(--soft);opacity:1}
      :focus-visible{outline:3px solid var(--bar);outline-offset:2px}
      @media(max-width:40rem){
      table,tbody,tr,td{display:block}
      thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
      tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
      td,td.n{border:0;padding:.05rem 0 .05rem 6.5rem;text-align:left;white-space:normal;min-height:1.5em;
      position:relative}
      td:first-child{font-weight:600}
      td::before{content:attr(data-c);position:absolute;left:0;width:6rem;color:var(--soft);
      font-weight:400}
      }
      @media print{
      :root{--ground:#fff;--card:#fff;--text:#000;--soft:#333;--line:#999;--good:#0a5c22;--bad:#a30f1b;--warn:#7a4700;
      --bar:#2f6fb3;--part:#8250c4;--wait:#6b7683}
      body{font-size:10pt}main{max-width:none;padding:0}
      .filter,details:not([open]){display:none}.counts{grid-template-columns:repeat(6,1fr)}h2,h2+p,figcaption{break-after:avoid}tr,figure,.counts li,.reasons li{break-inside:avoid}.key{break-before:avoid}
      svg rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}
      .counts li,pre,.verdict{border:1px solid #999}
      }
      """;

  // No angle bracket and no ampersand in it, so that the page is well-formed XML too.
  static final String SCRIPT = """

      "use strict";
      document.querySelectorAll(".filter").forEach(function (bar) {
        var field = bar.querySelector("input");
        var shown = bar.querySelector("output");
        var rows = Array.from(bar.parentNode.querySelectorAll("tbody tr"));
        var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
        function update() {
          var words = field.value.toLowerCase().split(/ +/);
          var count = 0;
          rows.forEach(function (row, i) {
            row.hidden = !words.every(function (word) { return texts[i].includes(word); });
            count += row.hidden ? 0 : 1;
          });
          shown.textContent = count + " of " + rows.length + " rows";
        }
        field.addEventListener("input", update);
        bar.hidden = false;
        update();
      });
      """;

  private Look() {}
}
