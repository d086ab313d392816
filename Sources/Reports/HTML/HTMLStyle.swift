import RunEvents

/// The style of report pages.
enum HTMLStyle {
  static func color(_ status: String) -> String {
    color(
      status == "succeeded"
        ? .succeeded : status == "failed" ? .failed : status == "running" ? .running : .interrupted)
  }

  static func color(_ status: NodeStatus) -> String {
    switch status {
    case .succeeded: "#2a9d5c"
    case .cached: "#5b8bb0"
    case .blocked, .interrupted: "#d08700"
    case .waiting, .running, .notRun: "#8a8f98"
    case .skipped: "#b5b9c0"
    default: "#d5303e"
    }
  }

  static let css = """
    body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;max-width:1100px;\
    margin:0 auto;padding:24px}
    h1{font-size:26px;margin:0}h2{font-size:18px;margin:32px 0 10px}
    .badge{color:#fff;border-radius:99px;padding:2px 10px;font-size:12px;font-weight:600;\
    vertical-align:middle;white-space:nowrap}
    .facts span{margin-right:18px;color:var(--dim)}
    .graph{overflow-x:auto;border:1px solid var(--line);border-radius:10px;margin-top:14px;\
    background:#fff}
    @media (prefers-color-scheme:dark){.graph{background:#0d1117}}
    .graph img{display:block;margin:auto;max-width:100%;height:auto}
    .message a{color:inherit;font-weight:600}
    .row{display:flex;align-items:center;gap:12px;color:inherit;text-decoration:none;padding:3px 0}
    .row:hover{background:var(--soft)}
    .who{width:min(190px,28vw);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:right}
    .track{position:relative;flex:1;height:18px;background:var(--soft);border-radius:4px}
    .bar{position:absolute;top:2px;bottom:2px;border-radius:3px}
    .critical{outline:2px solid currentColor;outline-offset:0}
    .time{color:var(--dim);font-variant-numeric:tabular-nums;min-width:64px;text-align:right}
    .note{color:var(--dim);font-size:13px;margin:8px 0}
    .message{border-left:3px solid #d5303e;padding:2px 12px;margin:10px 0;\
    overflow-wrap:anywhere}
    body>details{border:1px solid var(--line);border-radius:10px;margin:10px 0;padding:0 16px;\
    overflow:hidden}
    body>details>summary{cursor:pointer;padding:10px 0;font-weight:600}
    body>details>summary .time{float:right;font-weight:400}
    body>details>summary code{font-weight:400;color:var(--dim)}
    body>details[open]{padding-bottom:14px}
    body>details>pre{max-height:480px;background:var(--soft)}
    """

  /// Keeps the graph readable, and opens the node that a link refers to.
  static let script = """
    const g=document.querySelector('.graph img');\
    if(g){const fit=()=>{g.style.minWidth=g.naturalWidth*0.65+'px'};\
    g.addEventListener('load',fit);fit()}
    const open=()=>{const t=document.getElementById(location.hash.slice(1));\
    const d=t&&t.closest('details');if(d)d.open=true};\
    addEventListener('hashchange',open);open();
    """
}
