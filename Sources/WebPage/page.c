// Written by scripts/embed-page. Do not edit.
#include "WebPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file_0[] = {
#embed "page/api.js" suffix(,)
    0};
static const unsigned char file_1[] = {
#embed "page/app.js" suffix(,)
    0};
static const unsigned char file_2[] = {
#embed "page/bar.js" suffix(,)
    0};
static const unsigned char file_3[] = {
#embed "page/canvas/camera.js" suffix(,)
    0};
static const unsigned char file_4[] = {
#embed "page/canvas/canvas.css" suffix(,)
    0};
static const unsigned char file_5[] = {
#embed "page/canvas/canvas.js" suffix(,)
    0};
static const unsigned char file_6[] = {
#embed "page/canvas/corner.js" suffix(,)
    0};
static const unsigned char file_7[] = {
#embed "page/canvas/details.js" suffix(,)
    0};
static const unsigned char file_8[] = {
#embed "page/canvas/drags.js" suffix(,)
    0};
static const unsigned char file_9[] = {
#embed "page/canvas/draw.js" suffix(,)
    0};
static const unsigned char file_10[] = {
#embed "page/canvas/expansion.js" suffix(,)
    0};
static const unsigned char file_11[] = {
#embed "page/canvas/geometry.js" suffix(,)
    0};
static const unsigned char file_12[] = {
#embed "page/canvas/gestures.js" suffix(,)
    0};
static const unsigned char file_13[] = {
#embed "page/canvas/keyboard.js" suffix(,)
    0};
static const unsigned char file_14[] = {
#embed "page/canvas/labels.js" suffix(,)
    0};
static const unsigned char file_15[] = {
#embed "page/canvas/layers.js" suffix(,)
    0};
static const unsigned char file_16[] = {
#embed "page/canvas/links.js" suffix(,)
    0};
static const unsigned char file_17[] = {
#embed "page/canvas/looks.js" suffix(,)
    0};
static const unsigned char file_18[] = {
#embed "page/canvas/minimap.js" suffix(,)
    0};
static const unsigned char file_19[] = {
#embed "page/canvas/mover.js" suffix(,)
    0};
static const unsigned char file_20[] = {
#embed "page/canvas/navigation.js" suffix(,)
    0};
static const unsigned char file_21[] = {
#embed "page/canvas/opening.js" suffix(,)
    0};
static const unsigned char file_22[] = {
#embed "page/canvas/overlays.js" suffix(,)
    0};
static const unsigned char file_23[] = {
#embed "page/canvas/scene.js" suffix(,)
    0};
static const unsigned char file_24[] = {
#embed "page/canvas/tip.js" suffix(,)
    0};
static const unsigned char file_25[] = {
#embed "page/canvas/viewport.js" suffix(,)
    0};
static const unsigned char file_26[] = {
#embed "page/dialog.js" suffix(,)
    0};
static const unsigned char file_27[] = {
#embed "page/dom.js" suffix(,)
    0};
static const unsigned char file_28[] = {
#embed "page/editor/adding.js" suffix(,)
    0};
static const unsigned char file_29[] = {
#embed "page/editor/arranging.js" suffix(,)
    0};
static const unsigned char file_30[] = {
#embed "page/editor/browse.js" suffix(,)
    0};
static const unsigned char file_31[] = {
#embed "page/editor/checks.js" suffix(,)
    0};
static const unsigned char file_32[] = {
#embed "page/editor/choosing.js" suffix(,)
    0};
static const unsigned char file_33[] = {
#embed "page/editor/clearing.js" suffix(,)
    0};
static const unsigned char file_34[] = {
#embed "page/editor/clipboard.js" suffix(,)
    0};
static const unsigned char file_35[] = {
#embed "page/editor/commands.js" suffix(,)
    0};
static const unsigned char file_36[] = {
#embed "page/editor/comments.js" suffix(,)
    0};
static const unsigned char file_37[] = {
#embed "page/editor/component-fields.js" suffix(,)
    0};
static const unsigned char file_38[] = {
#embed "page/editor/controls.js" suffix(,)
    0};
static const unsigned char file_39[] = {
#embed "page/editor/disk.js" suffix(,)
    0};
static const unsigned char file_40[] = {
#embed "page/editor/document.js" suffix(,)
    0};
static const unsigned char file_41[] = {
#embed "page/editor/drafts.js" suffix(,)
    0};
static const unsigned char file_42[] = {
#embed "page/editor/editor.css" suffix(,)
    0};
static const unsigned char file_43[] = {
#embed "page/editor/editor.js" suffix(,)
    0};
static const unsigned char file_44[] = {
#embed "page/editor/empty.js" suffix(,)
    0};
static const unsigned char file_45[] = {
#embed "page/editor/facts.js" suffix(,)
    0};
static const unsigned char file_46[] = {
#embed "page/editor/fileview.js" suffix(,)
    0};
static const unsigned char file_47[] = {
#embed "page/editor/findings.js" suffix(,)
    0};
static const unsigned char file_48[] = {
#embed "page/editor/help.js" suffix(,)
    0};
static const unsigned char file_49[] = {
#embed "page/editor/inputs.js" suffix(,)
    0};
static const unsigned char file_50[] = {
#embed "page/editor/keys.js" suffix(,)
    0};
static const unsigned char file_51[] = {
#embed "page/editor/list-cells.js" suffix(,)
    0};
static const unsigned char file_52[] = {
#embed "page/editor/lists.js" suffix(,)
    0};
static const unsigned char file_53[] = {
#embed "page/editor/main.js" suffix(,)
    0};
static const unsigned char file_54[] = {
#embed "page/editor/menus.js" suffix(,)
    0};
static const unsigned char file_55[] = {
#embed "page/editor/merging.js" suffix(,)
    0};
static const unsigned char file_56[] = {
#embed "page/editor/notices.js" suffix(,)
    0};
static const unsigned char file_57[] = {
#embed "page/editor/opening.js" suffix(,)
    0};
static const unsigned char file_58[] = {
#embed "page/editor/palette-rows.js" suffix(,)
    0};
static const unsigned char file_59[] = {
#embed "page/editor/palette.js" suffix(,)
    0};
static const unsigned char file_60[] = {
#embed "page/editor/panel-head.js" suffix(,)
    0};
static const unsigned char file_61[] = {
#embed "page/editor/panel-line.js" suffix(,)
    0};
static const unsigned char file_62[] = {
#embed "page/editor/panel-source.js" suffix(,)
    0};
static const unsigned char file_63[] = {
#embed "page/editor/panels.css" suffix(,)
    0};
static const unsigned char file_64[] = {
#embed "page/editor/panels.js" suffix(,)
    0};
static const unsigned char file_65[] = {
#embed "page/editor/paths.js" suffix(,)
    0};
static const unsigned char file_66[] = {
#embed "page/editor/properties.js" suffix(,)
    0};
static const unsigned char file_67[] = {
#embed "page/editor/quiet.js" suffix(,)
    0};
static const unsigned char file_68[] = {
#embed "page/editor/saving.js" suffix(,)
    0};
static const unsigned char file_69[] = {
#embed "page/editor/start.css" suffix(,)
    0};
static const unsigned char file_70[] = {
#embed "page/editor/start.js" suffix(,)
    0};
static const unsigned char file_71[] = {
#embed "page/editor/super-nodes.js" suffix(,)
    0};
static const unsigned char file_72[] = {
#embed "page/editor/toolbar.js" suffix(,)
    0};
static const unsigned char file_73[] = {
#embed "page/editor/undo.js" suffix(,)
    0};
static const unsigned char file_74[] = {
#embed "page/editor/wiring.js" suffix(,)
    0};
static const unsigned char file_75[] = {
#embed "page/host.js" suffix(,)
    0};
static const unsigned char file_76[] = {
#embed "page/icon.svg" suffix(,)
    0};
static const unsigned char file_77[] = {
#embed "page/icons.js" suffix(,)
    0};
static const unsigned char file_78[] = {
#embed "page/index.html" suffix(,)
    0};
static const unsigned char file_79[] = {
#embed "page/menu.js" suffix(,)
    0};
static const unsigned char file_80[] = {
#embed "page/overlays.css" suffix(,)
    0};
static const unsigned char file_81[] = {
#embed "page/picker.js" suffix(,)
    0};
static const unsigned char file_82[] = {
#embed "page/router.js" suffix(,)
    0};
static const unsigned char file_83[] = {
#embed "page/runs/addresses.js" suffix(,)
    0};
static const unsigned char file_84[] = {
#embed "page/runs/ansi.js" suffix(,)
    0};
static const unsigned char file_85[] = {
#embed "page/runs/board.js" suffix(,)
    0};
static const unsigned char file_86[] = {
#embed "page/runs/compare-outputs.js" suffix(,)
    0};
static const unsigned char file_87[] = {
#embed "page/runs/compare.js" suffix(,)
    0};
static const unsigned char file_88[] = {
#embed "page/runs/contrast.js" suffix(,)
    0};
static const unsigned char file_89[] = {
#embed "page/runs/copying.js" suffix(,)
    0};
static const unsigned char file_90[] = {
#embed "page/runs/details.js" suffix(,)
    0};
static const unsigned char file_91[] = {
#embed "page/runs/differences.js" suffix(,)
    0};
static const unsigned char file_92[] = {
#embed "page/runs/estimate.js" suffix(,)
    0};
static const unsigned char file_93[] = {
#embed "page/runs/fields.js" suffix(,)
    0};
static const unsigned char file_94[] = {
#embed "page/runs/find.js" suffix(,)
    0};
static const unsigned char file_95[] = {
#embed "page/runs/fold.js" suffix(,)
    0};
static const unsigned char file_96[] = {
#embed "page/runs/form-nodes.js" suffix(,)
    0};
static const unsigned char file_97[] = {
#embed "page/runs/form-plan.js" suffix(,)
    0};
static const unsigned char file_98[] = {
#embed "page/runs/form-problems.js" suffix(,)
    0};
static const unsigned char file_99[] = {
#embed "page/runs/graph-states.js" suffix(,)
    0};
static const unsigned char file_100[] = {
#embed "page/runs/graph.js" suffix(,)
    0};
static const unsigned char file_101[] = {
#embed "page/runs/grid.js" suffix(,)
    0};
static const unsigned char file_102[] = {
#embed "page/runs/head.js" suffix(,)
    0};
static const unsigned char file_103[] = {
#embed "page/runs/history-cells.js" suffix(,)
    0};
static const unsigned char file_104[] = {
#embed "page/runs/history.js" suffix(,)
    0};
static const unsigned char file_105[] = {
#embed "page/runs/kinds.js" suffix(,)
    0};
static const unsigned char file_106[] = {
#embed "page/runs/lines.js" suffix(,)
    0};
static const unsigned char file_107[] = {
#embed "page/runs/listing.js" suffix(,)
    0};
static const unsigned char file_108[] = {
#embed "page/runs/log-line.js" suffix(,)
    0};
static const unsigned char file_109[] = {
#embed "page/runs/log-search.js" suffix(,)
    0};
static const unsigned char file_110[] = {
#embed "page/runs/log-source.js" suffix(,)
    0};
static const unsigned char file_111[] = {
#embed "page/runs/log.js" suffix(,)
    0};
static const unsigned char file_112[] = {
#embed "page/runs/main.js" suffix(,)
    0};
static const unsigned char file_113[] = {
#embed "page/runs/nodes.js" suffix(,)
    0};
static const unsigned char file_114[] = {
#embed "page/runs/notebook.js" suffix(,)
    0};
static const unsigned char file_115[] = {
#embed "page/runs/options.js" suffix(,)
    0};
static const unsigned char file_116[] = {
#embed "page/runs/overview-row.js" suffix(,)
    0};
static const unsigned char file_117[] = {
#embed "page/runs/overview.js" suffix(,)
    0};
static const unsigned char file_118[] = {
#embed "page/runs/pace.js" suffix(,)
    0};
static const unsigned char file_119[] = {
#embed "page/runs/panel.js" suffix(,)
    0};
static const unsigned char file_120[] = {
#embed "page/runs/parts.js" suffix(,)
    0};
static const unsigned char file_121[] = {
#embed "page/runs/plan.js" suffix(,)
    0};
static const unsigned char file_122[] = {
#embed "page/runs/rows.js" suffix(,)
    0};
static const unsigned char file_123[] = {
#embed "page/runs/run-filter.js" suffix(,)
    0};
static const unsigned char file_124[] = {
#embed "page/runs/runs.css" suffix(,)
    0};
static const unsigned char file_125[] = {
#embed "page/runs/splitter.js" suffix(,)
    0};
static const unsigned char file_126[] = {
#embed "page/runs/start-form.js" suffix(,)
    0};
static const unsigned char file_127[] = {
#embed "page/runs/start.js" suffix(,)
    0};
static const unsigned char file_128[] = {
#embed "page/runs/state.js" suffix(,)
    0};
static const unsigned char file_129[] = {
#embed "page/runs/streams.js" suffix(,)
    0};
static const unsigned char file_130[] = {
#embed "page/runs/timeline.js" suffix(,)
    0};
static const unsigned char file_131[] = {
#embed "page/runs/words.js" suffix(,)
    0};
static const unsigned char file_132[] = {
#embed "page/storage.js" suffix(,)
    0};
static const unsigned char file_133[] = {
#embed "page/style.css" suffix(,)
    0};
static const unsigned char file_134[] = {
#embed "page/theme.js" suffix(,)
    0};
static const unsigned char file_135[] = {
#embed "page/types.js" suffix(,)
    0};

static const struct lyre_page_file files[] = {
    {"api.js", "text/javascript; charset=utf-8", file_0, sizeof file_0 - 1},
    {"app.js", "text/javascript; charset=utf-8", file_1, sizeof file_1 - 1},
    {"bar.js", "text/javascript; charset=utf-8", file_2, sizeof file_2 - 1},
    {"canvas/camera.js", "text/javascript; charset=utf-8", file_3, sizeof file_3 - 1},
    {"canvas/canvas.css", "text/css; charset=utf-8", file_4, sizeof file_4 - 1},
    {"canvas/canvas.js", "text/javascript; charset=utf-8", file_5, sizeof file_5 - 1},
    {"canvas/corner.js", "text/javascript; charset=utf-8", file_6, sizeof file_6 - 1},
    {"canvas/details.js", "text/javascript; charset=utf-8", file_7, sizeof file_7 - 1},
    {"canvas/drags.js", "text/javascript; charset=utf-8", file_8, sizeof file_8 - 1},
    {"canvas/draw.js", "text/javascript; charset=utf-8", file_9, sizeof file_9 - 1},
    {"canvas/expansion.js", "text/javascript; charset=utf-8", file_10, sizeof file_10 - 1},
    {"canvas/geometry.js", "text/javascript; charset=utf-8", file_11, sizeof file_11 - 1},
    {"canvas/gestures.js", "text/javascript; charset=utf-8", file_12, sizeof file_12 - 1},
    {"canvas/keyboard.js", "text/javascript; charset=utf-8", file_13, sizeof file_13 - 1},
    {"canvas/labels.js", "text/javascript; charset=utf-8", file_14, sizeof file_14 - 1},
    {"canvas/layers.js", "text/javascript; charset=utf-8", file_15, sizeof file_15 - 1},
    {"canvas/links.js", "text/javascript; charset=utf-8", file_16, sizeof file_16 - 1},
    {"canvas/looks.js", "text/javascript; charset=utf-8", file_17, sizeof file_17 - 1},
    {"canvas/minimap.js", "text/javascript; charset=utf-8", file_18, sizeof file_18 - 1},
    {"canvas/mover.js", "text/javascript; charset=utf-8", file_19, sizeof file_19 - 1},
    {"canvas/navigation.js", "text/javascript; charset=utf-8", file_20, sizeof file_20 - 1},
    {"canvas/opening.js", "text/javascript; charset=utf-8", file_21, sizeof file_21 - 1},
    {"canvas/overlays.js", "text/javascript; charset=utf-8", file_22, sizeof file_22 - 1},
    {"canvas/scene.js", "text/javascript; charset=utf-8", file_23, sizeof file_23 - 1},
    {"canvas/tip.js", "text/javascript; charset=utf-8", file_24, sizeof file_24 - 1},
    {"canvas/viewport.js", "text/javascript; charset=utf-8", file_25, sizeof file_25 - 1},
    {"dialog.js", "text/javascript; charset=utf-8", file_26, sizeof file_26 - 1},
    {"dom.js", "text/javascript; charset=utf-8", file_27, sizeof file_27 - 1},
    {"editor/adding.js", "text/javascript; charset=utf-8", file_28, sizeof file_28 - 1},
    {"editor/arranging.js", "text/javascript; charset=utf-8", file_29, sizeof file_29 - 1},
    {"editor/browse.js", "text/javascript; charset=utf-8", file_30, sizeof file_30 - 1},
    {"editor/checks.js", "text/javascript; charset=utf-8", file_31, sizeof file_31 - 1},
    {"editor/choosing.js", "text/javascript; charset=utf-8", file_32, sizeof file_32 - 1},
    {"editor/clearing.js", "text/javascript; charset=utf-8", file_33, sizeof file_33 - 1},
    {"editor/clipboard.js", "text/javascript; charset=utf-8", file_34, sizeof file_34 - 1},
    {"editor/commands.js", "text/javascript; charset=utf-8", file_35, sizeof file_35 - 1},
    {"editor/comments.js", "text/javascript; charset=utf-8", file_36, sizeof file_36 - 1},
    {"editor/component-fields.js", "text/javascript; charset=utf-8", file_37, sizeof file_37 - 1},
    {"editor/controls.js", "text/javascript; charset=utf-8", file_38, sizeof file_38 - 1},
    {"editor/disk.js", "text/javascript; charset=utf-8", file_39, sizeof file_39 - 1},
    {"editor/document.js", "text/javascript; charset=utf-8", file_40, sizeof file_40 - 1},
    {"editor/drafts.js", "text/javascript; charset=utf-8", file_41, sizeof file_41 - 1},
    {"editor/editor.css", "text/css; charset=utf-8", file_42, sizeof file_42 - 1},
    {"editor/editor.js", "text/javascript; charset=utf-8", file_43, sizeof file_43 - 1},
    {"editor/empty.js", "text/javascript; charset=utf-8", file_44, sizeof file_44 - 1},
    {"editor/facts.js", "text/javascript; charset=utf-8", file_45, sizeof file_45 - 1},
    {"editor/fileview.js", "text/javascript; charset=utf-8", file_46, sizeof file_46 - 1},
    {"editor/findings.js", "text/javascript; charset=utf-8", file_47, sizeof file_47 - 1},
    {"editor/help.js", "text/javascript; charset=utf-8", file_48, sizeof file_48 - 1},
    {"editor/inputs.js", "text/javascript; charset=utf-8", file_49, sizeof file_49 - 1},
    {"editor/keys.js", "text/javascript; charset=utf-8", file_50, sizeof file_50 - 1},
    {"editor/list-cells.js", "text/javascript; charset=utf-8", file_51, sizeof file_51 - 1},
    {"editor/lists.js", "text/javascript; charset=utf-8", file_52, sizeof file_52 - 1},
    {"editor/main.js", "text/javascript; charset=utf-8", file_53, sizeof file_53 - 1},
    {"editor/menus.js", "text/javascript; charset=utf-8", file_54, sizeof file_54 - 1},
    {"editor/merging.js", "text/javascript; charset=utf-8", file_55, sizeof file_55 - 1},
    {"editor/notices.js", "text/javascript; charset=utf-8", file_56, sizeof file_56 - 1},
    {"editor/opening.js", "text/javascript; charset=utf-8", file_57, sizeof file_57 - 1},
    {"editor/palette-rows.js", "text/javascript; charset=utf-8", file_58, sizeof file_58 - 1},
    {"editor/palette.js", "text/javascript; charset=utf-8", file_59, sizeof file_59 - 1},
    {"editor/panel-head.js", "text/javascript; charset=utf-8", file_60, sizeof file_60 - 1},
    {"editor/panel-line.js", "text/javascript; charset=utf-8", file_61, sizeof file_61 - 1},
    {"editor/panel-source.js", "text/javascript; charset=utf-8", file_62, sizeof file_62 - 1},
    {"editor/panels.css", "text/css; charset=utf-8", file_63, sizeof file_63 - 1},
    {"editor/panels.js", "text/javascript; charset=utf-8", file_64, sizeof file_64 - 1},
    {"editor/paths.js", "text/javascript; charset=utf-8", file_65, sizeof file_65 - 1},
    {"editor/properties.js", "text/javascript; charset=utf-8", file_66, sizeof file_66 - 1},
    {"editor/quiet.js", "text/javascript; charset=utf-8", file_67, sizeof file_67 - 1},
    {"editor/saving.js", "text/javascript; charset=utf-8", file_68, sizeof file_68 - 1},
    {"editor/start.css", "text/css; charset=utf-8", file_69, sizeof file_69 - 1},
    {"editor/start.js", "text/javascript; charset=utf-8", file_70, sizeof file_70 - 1},
    {"editor/super-nodes.js", "text/javascript; charset=utf-8", file_71, sizeof file_71 - 1},
    {"editor/toolbar.js", "text/javascript; charset=utf-8", file_72, sizeof file_72 - 1},
    {"editor/undo.js", "text/javascript; charset=utf-8", file_73, sizeof file_73 - 1},
    {"editor/wiring.js", "text/javascript; charset=utf-8", file_74, sizeof file_74 - 1},
    {"host.js", "text/javascript; charset=utf-8", file_75, sizeof file_75 - 1},
    {"icon.svg", "image/svg+xml", file_76, sizeof file_76 - 1},
    {"icons.js", "text/javascript; charset=utf-8", file_77, sizeof file_77 - 1},
    {"index.html", "text/html; charset=utf-8", file_78, sizeof file_78 - 1},
    {"menu.js", "text/javascript; charset=utf-8", file_79, sizeof file_79 - 1},
    {"overlays.css", "text/css; charset=utf-8", file_80, sizeof file_80 - 1},
    {"picker.js", "text/javascript; charset=utf-8", file_81, sizeof file_81 - 1},
    {"router.js", "text/javascript; charset=utf-8", file_82, sizeof file_82 - 1},
    {"runs/addresses.js", "text/javascript; charset=utf-8", file_83, sizeof file_83 - 1},
    {"runs/ansi.js", "text/javascript; charset=utf-8", file_84, sizeof file_84 - 1},
    {"runs/board.js", "text/javascript; charset=utf-8", file_85, sizeof file_85 - 1},
    {"runs/compare-outputs.js", "text/javascript; charset=utf-8", file_86, sizeof file_86 - 1},
    {"runs/compare.js", "text/javascript; charset=utf-8", file_87, sizeof file_87 - 1},
    {"runs/contrast.js", "text/javascript; charset=utf-8", file_88, sizeof file_88 - 1},
    {"runs/copying.js", "text/javascript; charset=utf-8", file_89, sizeof file_89 - 1},
    {"runs/details.js", "text/javascript; charset=utf-8", file_90, sizeof file_90 - 1},
    {"runs/differences.js", "text/javascript; charset=utf-8", file_91, sizeof file_91 - 1},
    {"runs/estimate.js", "text/javascript; charset=utf-8", file_92, sizeof file_92 - 1},
    {"runs/fields.js", "text/javascript; charset=utf-8", file_93, sizeof file_93 - 1},
    {"runs/find.js", "text/javascript; charset=utf-8", file_94, sizeof file_94 - 1},
    {"runs/fold.js", "text/javascript; charset=utf-8", file_95, sizeof file_95 - 1},
    {"runs/form-nodes.js", "text/javascript; charset=utf-8", file_96, sizeof file_96 - 1},
    {"runs/form-plan.js", "text/javascript; charset=utf-8", file_97, sizeof file_97 - 1},
    {"runs/form-problems.js", "text/javascript; charset=utf-8", file_98, sizeof file_98 - 1},
    {"runs/graph-states.js", "text/javascript; charset=utf-8", file_99, sizeof file_99 - 1},
    {"runs/graph.js", "text/javascript; charset=utf-8", file_100, sizeof file_100 - 1},
    {"runs/grid.js", "text/javascript; charset=utf-8", file_101, sizeof file_101 - 1},
    {"runs/head.js", "text/javascript; charset=utf-8", file_102, sizeof file_102 - 1},
    {"runs/history-cells.js", "text/javascript; charset=utf-8", file_103, sizeof file_103 - 1},
    {"runs/history.js", "text/javascript; charset=utf-8", file_104, sizeof file_104 - 1},
    {"runs/kinds.js", "text/javascript; charset=utf-8", file_105, sizeof file_105 - 1},
    {"runs/lines.js", "text/javascript; charset=utf-8", file_106, sizeof file_106 - 1},
    {"runs/listing.js", "text/javascript; charset=utf-8", file_107, sizeof file_107 - 1},
    {"runs/log-line.js", "text/javascript; charset=utf-8", file_108, sizeof file_108 - 1},
    {"runs/log-search.js", "text/javascript; charset=utf-8", file_109, sizeof file_109 - 1},
    {"runs/log-source.js", "text/javascript; charset=utf-8", file_110, sizeof file_110 - 1},
    {"runs/log.js", "text/javascript; charset=utf-8", file_111, sizeof file_111 - 1},
    {"runs/main.js", "text/javascript; charset=utf-8", file_112, sizeof file_112 - 1},
    {"runs/nodes.js", "text/javascript; charset=utf-8", file_113, sizeof file_113 - 1},
    {"runs/notebook.js", "text/javascript; charset=utf-8", file_114, sizeof file_114 - 1},
    {"runs/options.js", "text/javascript; charset=utf-8", file_115, sizeof file_115 - 1},
    {"runs/overview-row.js", "text/javascript; charset=utf-8", file_116, sizeof file_116 - 1},
    {"runs/overview.js", "text/javascript; charset=utf-8", file_117, sizeof file_117 - 1},
    {"runs/pace.js", "text/javascript; charset=utf-8", file_118, sizeof file_118 - 1},
    {"runs/panel.js", "text/javascript; charset=utf-8", file_119, sizeof file_119 - 1},
    {"runs/parts.js", "text/javascript; charset=utf-8", file_120, sizeof file_120 - 1},
    {"runs/plan.js", "text/javascript; charset=utf-8", file_121, sizeof file_121 - 1},
    {"runs/rows.js", "text/javascript; charset=utf-8", file_122, sizeof file_122 - 1},
    {"runs/run-filter.js", "text/javascript; charset=utf-8", file_123, sizeof file_123 - 1},
    {"runs/runs.css", "text/css; charset=utf-8", file_124, sizeof file_124 - 1},
    {"runs/splitter.js", "text/javascript; charset=utf-8", file_125, sizeof file_125 - 1},
    {"runs/start-form.js", "text/javascript; charset=utf-8", file_126, sizeof file_126 - 1},
    {"runs/start.js", "text/javascript; charset=utf-8", file_127, sizeof file_127 - 1},
    {"runs/state.js", "text/javascript; charset=utf-8", file_128, sizeof file_128 - 1},
    {"runs/streams.js", "text/javascript; charset=utf-8", file_129, sizeof file_129 - 1},
    {"runs/timeline.js", "text/javascript; charset=utf-8", file_130, sizeof file_130 - 1},
    {"runs/words.js", "text/javascript; charset=utf-8", file_131, sizeof file_131 - 1},
    {"storage.js", "text/javascript; charset=utf-8", file_132, sizeof file_132 - 1},
    {"style.css", "text/css; charset=utf-8", file_133, sizeof file_133 - 1},
    {"theme.js", "text/javascript; charset=utf-8", file_134, sizeof file_134 - 1},
    {"types.js", "text/javascript; charset=utf-8", file_135, sizeof file_135 - 1},
};

size_t lyre_page_file_count(void) { return sizeof files / sizeof *files; }

const struct lyre_page_file *lyre_page_file(size_t index) { return &files[index]; }
