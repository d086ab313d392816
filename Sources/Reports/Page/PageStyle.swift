/// The style of notebooks in pages.
enum PageStyle {
  /// Colours of code and of terminals, in light and in dark.
  static let colors = """
    :root{color-scheme:light dark;--line:#8883;--soft:#8881;--dim:#6e7681;--link:#0b62c4;\
    --k:#8250df;--s:#0a6b3d;--c:#6a737d;--m:#0550ae;--b:#0a5ea8;--f:#7a4a00;--d:#b3341c;\
    --t0:#3e424d;--t1:#c9302c;--t2:#007427;--t3:#a65d00;--t4:#1763b6;--t5:#8d3fb4;--t6:#0b7a7a;\
    --t7:#6c6f76;--t8:#282c36;--t9:#b22b31;--t10:#00752a;--t11:#855a00;--t12:#0b56ac;--t13:#7a2ca3;\
    --t14:#046a6a;--t15:#55585f;\
    --h0:#3e424d;--h1:#e75c58;--h2:#00a250;--h3:#ddb62b;--h4:#208ffb;--h5:#d160c4;--h6:#60c6c8;\
    --h7:#c5c1b4;--h8:#282c36;--h9:#b22b31;--h10:#007427;--h11:#b27d12;--h12:#0065ca;--h13:#a03196;\
    --h14:#258f8f;--h15:#a1a6b2}
    @media (prefers-color-scheme:dark){:root{--dim:#9198a1;--link:#6cb2ff;--k:#c792ea;--s:#8ddb8c;\
    --c:#8b949e;--m:#79c0ff;--b:#6cc7f0;--f:#e3b567;--d:#ff9b82;\
    --t0:#868c98;--t1:#ff7b72;--t2:#56d364;--t3:#e3b341;--t4:#6cb6ff;--t5:#d2a8ff;--t6:#56d4dd;\
    --t7:#c9d1d9;--t8:#a0a6b1;--t9:#ff938a;--t10:#7ee787;--t11:#f2cc60;--t12:#8ec8ff;--t13:#e0bfff;\
    --t14:#7be0e6;--t15:#f0f6fc}}
    """

  /// The text and the parts of a notebook.
  static let cells = """
    .k{color:var(--k)}.s{color:var(--s)}.c{color:var(--c);font-style:italic}.m{color:var(--m)}\
    .b{color:var(--b)}.f{color:var(--f)}.d{color:var(--d)}
    \(terminalColors)
    .tf{color:var(--f)}.tg{background:var(--g)}.ti{filter:invert(1);background:Canvas}
    pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;\
    margin:0;padding:8px 12px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;\
    border-radius:6px;tab-size:4}
    .cell{display:grid;grid-template-columns:56px minmax(0,1fr);gap:2px 10px;margin:14px 0;\
    scroll-margin-top:12px}
    .side{font:12px/1.5 ui-monospace,monospace;text-align:right;padding-top:9px;white-space:nowrap}
    .side a{color:var(--dim);text-decoration:none}.side a:hover{text-decoration:underline}
    .markdown-cell .side a,.raw-cell .side a{opacity:0}.cell:hover .side a,.side a:focus{opacity:1}
    .side .time{display:block;color:var(--dim);font-size:11px;min-width:0}
    .body{min-width:0}.cell:target>.side a{color:#d5303e;font-weight:700}
    .code,.body>details>pre{background:var(--soft)}
    .output{margin:6px 0 0;overflow-x:auto}.output pre{max-height:640px}
    .output>img,.output .html img{max-width:100%;height:auto}
    .output>img{background:#fff;border-radius:4px;display:block}
    .html{contain:layout paint;overflow-x:auto;padding:1px}
    .left .code{opacity:.55}.stderr{background:#d0870022}.error{background:#d5303e18}
    .failed>.side a{color:#d5303e;font-weight:700}
    iframe{border:0;max-width:100%}.html iframe{background:Canvas}iframe.auto{width:100%;height:420px;display:block}
    .note{color:var(--dim);font-size:13px;margin:8px 0}
    .latex{padding:6px 12px;overflow-x:auto}
    .json summary,.body>details>summary{cursor:pointer;color:var(--dim);font-size:13px}
    .widget{contain:layout paint}.widget .row,.widget .row>span,.widget span{display:inline-flex;gap:8px;align-items:center;\
    flex-wrap:wrap}.widget .column{display:flex;flex-direction:column;gap:6px;align-items:flex-start}
    .widget .row{border:0;padding:0}.widget progress{accent-color:#2a9d5c;height:16px;width:220px}
    .widget .button{border:1px solid var(--line);border-radius:4px;padding:2px 10px}
    .markdown{contain:layout paint;overflow-wrap:break-word;line-height:1.6;padding:0 2px}
    .markdown>:first-child{margin-top:0}.markdown>:last-child{margin-bottom:0}
    .markdown h1{font-size:26px;margin:.7em 0 .4em}.markdown h2{font-size:21px;margin:.9em 0 .4em}
    .markdown h3{font-size:17px;margin:1em 0 .4em}
    .markdown h4,.markdown h5,.markdown h6{font-size:15px;margin:1em 0 .4em}
    .markdown img{max-width:100%}.markdown pre{background:var(--soft);margin:.8em 0}
    .markdown :not(pre)>code{background:var(--soft);padding:1px 4px;border-radius:4px}
    .markdown code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    .markdown pre code{font:inherit}
    .markdown blockquote{border-left:3px solid var(--line);margin:.8em 0;padding:0 14px;\
    color:var(--dim)}
    .markdown table{display:block;overflow-x:auto;width:max-content;max-width:100%;margin:.8em 0}
    .markdown th,.markdown td{text-align:left;border:1px solid var(--line)}
    .markdown [align=right]{text-align:right}.markdown [align=center]{text-align:center}
    .markdown li:has(>input[type=checkbox]:first-child),.markdown li:has(>p>input){list-style:none}
    .markdown .footnotes{font-size:13px;border-top:1px solid var(--line);margin-top:1.2em}
    .markdown hr{border:0;border-top:1px solid var(--line)}
    a{color:var(--link)}
    math{font-family:"Latin Modern Math","STIX Two Math","Cambria Math","XITS Math",math;\
    font-size:1.08em}math[display=block]{margin:.6em 0;overflow-x:auto;overflow-y:hidden}
    mtd{padding:.25em .5em}.boxed{border:1px solid;padding:.2em}.cancel{text-decoration:line-through}
    code.tex{color:var(--d);white-space:pre-wrap}code.tex.block{display:block;margin:.6em 0}
    mtext.unknown{color:var(--d)}
    \(HTMLOutput.tables)
    """

  private static let terminalColors = (0..<16).map { ".t\($0){color:var(--t\($0))}" }.joined()

  /// The page of a notebook.
  static let page = """
    body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;\
    max-width:980px;margin:0 auto;padding:24px 20px 60px;background:Canvas;color:CanvasText}
    header h1{font-size:26px;margin:0;overflow-wrap:anywhere}
    .badge{color:#fff;border-radius:99px;padding:2px 10px;font-size:12px;font-weight:600;\
    vertical-align:middle;white-space:nowrap}
    .facts{margin:6px 0 14px}.facts span{margin-right:18px;color:var(--dim)}
    .failures{border:1px solid #d5303e66;border-left:4px solid #d5303e;border-radius:6px;\
    padding:8px 14px;margin:14px 0}.failures p{margin:4px 0;overflow-wrap:anywhere}
    .failures details{margin-top:6px}.failures summary{cursor:pointer;color:var(--dim);font-size:13px}
    .toc{border:1px solid var(--line);border-radius:8px;padding:8px 14px;margin:14px 0;font-size:14px}
    .toc summary{cursor:pointer;font-weight:600}.toc ul{list-style:none;margin:6px 0;padding:0;columns:17em}
    .toc a{text-decoration:none}.toc a:hover{text-decoration:underline}
    .toc .l2{padding-left:1.2em}.toc .l3{padding-left:2.4em}.toc li{margin:2px 0}
    @media (min-width:1500px){.toc{position:fixed;left:20px;top:24px;width:calc((100vw - 1080px)/2);\
    max-height:calc(100vh - 70px);overflow:auto;border:0}.toc ul{columns:1}}
    """

  /// What narrow windows and paper change, after all other styles.
  static let media = """
    @media (max-width:640px){body{padding:14px 10px 40px}.cell{grid-template-columns:minmax(0,1fr)}\
    .side{text-align:left;padding-top:0}.side .time{display:inline;margin-left:8px}\
    .markdown-cell .side{display:none}}
    @media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:11pt}\
    .toc{position:static;width:auto;max-height:none}.output pre{max-height:none}\
    pre{overflow:visible;font-size:9pt}.output,.html,.markdown table,math[display=block]\
    {overflow:visible}.html,.markdown{contain:layout}.output>img,figure,tr{break-inside:avoid}\
    .side a{color:var(--dim)}h1,h2,h3{break-after:avoid}a{color:inherit}}
    """
}
