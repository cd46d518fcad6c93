/**
 * The menu "Roadwright" of a spreadsheet: it asks a Roadwright server for actions over its HTTP API.
 *
 * The server's address and the access token are kept for each person (user properties), never in this script: everybody
 * who may edit the spreadsheet can read it.
 */
var RW = 'Roadwright';
var RW_SAVED = ['Backlog', 'Scoring_Inputs', 'MathModels', 'Params', 'Metrics_Config', 'KPI_Contributions', 'Candidates',
  'Scenario_Config', 'Constraints', 'Targets', 'Roadmaps', 'Gates', 'Roadmap_Entries'];
var RW_SHOWN = RW_SAVED.concat(['Runs', 'Results', 'Gaps_And_Alerts', 'Overview']);

/** What the menu offers, and on which tabs; without tabs on all. `rows`: the selected rows are what it works on. */
var RW_ITEMS = [
  {name: 'Sync backlog', call: 'rwSyncBacklog', action: 'pm.backlog_sync'},
  {name: 'Save this tab', call: 'rwSaveTab', action: 'pm.save_selected', tabs: RW_SAVED},
  {name: 'Refresh this tab', call: 'rwRefreshTab', action: 'pm.refresh_tab', tabs: RW_SHOWN},
  {name: 'Score selected', call: 'rwScore', action: 'pm.score_selected', tabs: ['Scoring_Inputs'], rows: true},
  {name: 'Seed params', call: 'rwSeedParams', action: 'pm.seed_math_params', tabs: ['MathModels', 'Params']},
  {name: 'Switch framework', call: 'rwSwitchFramework', action: 'pm.switch_framework', tabs: ['Scoring_Inputs', 'Backlog'], rows: true},
  {name: 'Candidates', call: 'rwCandidates', action: 'pm.populate_candidates', tabs: ['Candidates', 'Scenario_Config'], option: 'scenario_name'},
  {name: 'Optimize: all candidates', call: 'rwOptimizeAll', action: 'pm.optimize_run_all_candidates', tabs: ['Candidates', 'Scenario_Config'], option: 'scenario_name'},
  {name: 'Optimize: ticked candidates', call: 'rwOptimizeTicked', action: 'pm.optimize_run_selected_candidates', tabs: ['Candidates'], option: 'scenario_name'},
  {name: 'Why is this in or out?', call: 'rwExplain', action: 'pm.explain_selection', tabs: ['Results', 'Candidates'], rows: true},
  {name: 'Check gates', call: 'rwCheckGates', action: 'pm.roadmap_check_gates', tabs: ['Roadmaps', 'Roadmap_Entries'], rows: true},
  {name: 'Publish', call: 'rwPublish', action: 'pm.roadmap_publish', tabs: ['Roadmaps'], rows: true, asks: 'Publish the selected roadmap? A published version can\'t be changed.'}
];
var RW_ENDED = ['success', 'partial', 'failed', 'cancelled', 'interrupted'];
var RW_WAIT = 20;            // seconds that one call waits for the end of a run
var RW_LONGEST = 280;        // seconds after which the script leaves a run to go on by itself: Google ends it after 360
var RW_MOST_ROWS = 10;       // rows that the summary names

function onOpen() {
  rwMenu_(SpreadsheetApp.getActive().getActiveSheet().getName());
}

/** The menu follows the tab that is shown. */
function onSelectionChange(e) {
  var tab = e.range.getSheet().getName(), cache = CacheService.getUserCache();
  if (cache.get('RW_TAB') !== tab) {
    cache.put('RW_TAB', tab, 3600);
    rwMenu_(tab);
  }
}

function rwMenu_(tab) {
  var ui = SpreadsheetApp.getUi(), menu = ui.createMenu(RW), others = ui.createMenu('On other tabs');
  RW_ITEMS.forEach(function (item) {
    (rwOffers_(item, tab) ? menu : others).addItem(item.name, item.call);
  });
  menu.addSeparator().addSubMenu(others).addItem('Open control room', 'rwOpen').addItem('Sign in…', 'rwSignIn').addToUi();
}

function rwOffers_(item, tab) {
  return !item.tabs || item.tabs.indexOf(tab) >= 0;
}

function rwSyncBacklog() { rwDo_('rwSyncBacklog'); }
function rwSaveTab() { rwDo_('rwSaveTab'); }
function rwRefreshTab() { rwDo_('rwRefreshTab'); }
function rwScore() { rwDo_('rwScore'); }
function rwSeedParams() { rwDo_('rwSeedParams'); }
function rwSwitchFramework() { rwDo_('rwSwitchFramework'); }
function rwCandidates() { rwDo_('rwCandidates'); }
function rwOptimizeAll() { rwDo_('rwOptimizeAll'); }
function rwOptimizeTicked() { rwDo_('rwOptimizeTicked'); }
function rwExplain() { rwDo_('rwExplain'); }
function rwCheckGates() { rwDo_('rwCheckGates'); }
function rwPublish() { rwDo_('rwPublish'); }

/** Asks for an action, follows it, and shows what came of it. */
function rwDo_(call) {
  var item = RW_ITEMS.filter(function (one) { return one.call === call; })[0];
  var ui = SpreadsheetApp.getUi(), book = SpreadsheetApp.getActive(), sheet = book.getActiveSheet();
  try {
    var tab = sheet.getName();
    if (!rwOffers_(item, tab)) throw new Error(item.name + ' works on ' + item.tabs.join(', ') + '. Open one of these tabs and choose it again.');
    var body = {action: item.action, options: {}, sheet: {spreadsheet_id: book.getId(), tab: tab}};
    if (item.rows) body.sheet.rows = rwRows_(sheet);
    if (item.option) {
      var value = rwBeside_(sheet, item.option);
      if (value) body.options[item.option] = value;
    }
    if (item.asks && ui.alert(RW, item.asks, ui.ButtonSet.YES_NO) !== ui.Button.YES) return;
    SpreadsheetApp.flush();   // what was typed just now is to be read
    book.toast('asked for', item.name, -1);
    var run = rwCall_('post', '/runs', body);
    run = rwFollow_(book, item, run);
    book.toast(run.status, item.name, 3);
    ui.alert(item.name, rwSummary_(run), ui.ButtonSet.OK);
  } catch (error) {
    book.toast('not done', item.name, 3);
    ui.alert(item.name, error.message, ui.ButtonSet.OK);
  }
}

function rwFollow_(book, item, run) {
  var until = Date.now() + RW_LONGEST * 1000;
  while (RW_ENDED.indexOf(run.status) < 0) {
    if (Date.now() > until) return run;
    book.toast(run.progress || run.status, item.name, -1);
    run = rwCall_('get', '/runs/' + encodeURIComponent(run.run_id) + '?wait=' + RW_WAIT);
  }
  return run;
}

/** What a run says of itself, and of the rows that are not OK. */
function rwSummary_(run) {
  var lines = [run.run_id + ': ' + run.status];
  if (RW_ENDED.indexOf(run.status) < 0) {
    lines.push('It goes on by itself; Open control room shows how far it is.');
    return lines.join('\n');
  }
  if (run.error) lines.push(String(run.error));
  var figures = run.summary || {};
  var told = Object.keys(figures).filter(function (name) { return typeof figures[name] !== 'object' && figures[name] !== 0 && figures[name] !== ''; });
  if (told.length) lines.push(told.map(function (name) { return name.replace(/_/g, ' ') + ' ' + figures[name]; }).join(', '));
  var odd = (run.rows || []).filter(function (row) { return row.run_status && row.run_status !== 'OK'; });
  odd.slice(0, RW_MOST_ROWS).forEach(function (row) { lines.push(row.tab + ' row ' + row.row + ': ' + row.run_status); });
  if (odd.length > RW_MOST_ROWS) lines.push('… and ' + (odd.length - RW_MOST_ROWS) + ' more; the column Run status has them all.');
  return lines.join('\n');
}

/** The rows of the selected cells below the header, as 7,9-12. */
function rwRows_(sheet) {
  var last = sheet.getLastRow(), wanted = {};
  var list = sheet.getActiveRangeList();
  (list ? list.getRanges() : []).forEach(function (range) {
    var end = Math.min(range.getLastRow(), last);
    for (var row = Math.max(range.getRow(), 2); row <= end; row++) wanted[row] = true;
  });
  var rows = Object.keys(wanted).map(Number).sort(function (a, b) { return a - b; });
  if (!rows.length) throw new Error('Select cells in the rows that are meant, below the header.');
  var parts = [];
  for (var i = 0; i < rows.length; i++) {
    var first = rows[i];
    while (i + 1 < rows.length && rows[i + 1] === rows[i] + 1) i++;
    parts.push(first === rows[i] ? String(first) : first + '-' + rows[i]);
  }
  return parts.join(',');
}

/** What stands in a column, by its header, in the row of the current cell. */
function rwBeside_(sheet, name) {
  var cell = sheet.getCurrentCell(), row = cell ? cell.getRow() : 0, width = sheet.getLastColumn();
  if (row < 2 || row > sheet.getLastRow() || width < 1) return '';
  var header = sheet.getRange(1, 1, 1, width).getDisplayValues()[0];
  for (var i = 0; i < header.length; i++) {
    if (header[i].toLowerCase().replace(/[ _-]/g, '') === name.replace(/_/g, '')) return String(sheet.getRange(row, i + 1).getDisplayValue()).trim();
  }
  return '';
}

/** One call of the API. Raises an error whose message says what to do. */
function rwCall_(method, path, body) {
  var kept = PropertiesService.getUserProperties();
  var server = kept.getProperty('RW_SERVER'), token = kept.getProperty('RW_TOKEN');
  if (!server || !token) throw new Error('You are not signed in. Choose Roadwright > Sign in….');
  var asked = {method: method, headers: {Authorization: 'Bearer ' + token}, muteHttpExceptions: true, followRedirects: false};
  if (body) {
    asked.contentType = 'application/json';
    asked.payload = JSON.stringify(body);
    asked.headers['Idempotency-Key'] = Utilities.getUuid();   // so that asking again can't do it twice
  }
  var reply;
  for (var attempt = 0; ; attempt++) {
    try {
      reply = UrlFetchApp.fetch(server + '/api/v1' + path, asked);
      break;
    } catch (error) {
      if (attempt === 1) throw new Error(server + ' can\'t be reached from Google\'s servers (' + error.message + '). The server needs an address that is open to the internet; where that can\'t be had, use the tab Requests.');
    }
  }
  var code = reply.getResponseCode(), text = reply.getContentText();
  if (code >= 200 && code < 300) return JSON.parse(text);
  throw new Error(rwFault_(server, code, text));
}

function rwFault_(server, code, text) {
  var told = '';
  try { told = JSON.parse(text).detail || ''; } catch (error) { told = ''; }
  if (code === 401) return 'The server does not know your access token any more. Ask for a new one and choose Roadwright > Sign in….';
  if (code === 403) return told || 'Your access token may not do this. Ask an administrator for one that may.';
  if (code >= 300 && code < 400) return server + ' answers that it lies elsewhere. Sign in with the address that a browser shows, which begins with https://.';
  if (told) return told;
  if (code === 404) return 'At ' + server + ' there is no Roadwright server, or an older one. Check the address under Roadwright > Sign in….';
  if (code === 429) return 'The server asks for patience. Wait a minute and choose it again.';
  return 'The server answered ' + code + '. Wait a minute and choose it again; if it stays so, its log tells more.';
}

/** Asks for the server's address and the access token, tries them, and keeps them for this person alone. */
function rwSignIn() {
  var ui = SpreadsheetApp.getUi(), kept = PropertiesService.getUserProperties();
  var server = rwAsk_(ui, 'The server\'s address, which begins with https://', kept.getProperty('RW_SERVER'));
  if (server === null) return;
  server = (server || kept.getProperty('RW_SERVER') || '').replace(/\/+$/, '');
  if (!/^https:\/\/[^\/?#@\s]+(\/[^?#\s]*)?$/.test(server)) {
    ui.alert(RW, 'The address has to begin with https:// and to hold no ? and no #; the token would travel in the open otherwise.', ui.ButtonSet.OK);
    return;
  }
  var token = rwAsk_(ui, 'Your access token (rw_…). An administrator makes one: roadwright tokens create NAME --role planner', null);
  if (!token) return;
  var before = {server: kept.getProperty('RW_SERVER'), token: kept.getProperty('RW_TOKEN')};
  kept.setProperty('RW_SERVER', server);
  kept.setProperty('RW_TOKEN', token);
  try {
    var me = rwCall_('get', '/me');
    ui.alert(RW, 'You are signed in as ' + me.who + ' (' + me.role + ').', ui.ButtonSet.OK);
  } catch (error) {
    if (before.server && before.token) {
      kept.setProperty('RW_SERVER', before.server);
      kept.setProperty('RW_TOKEN', before.token);
    } else {
      kept.deleteProperty('RW_SERVER');
      kept.deleteProperty('RW_TOKEN');
    }
    ui.alert(RW, 'You are not signed in: ' + error.message, ui.ButtonSet.OK);
  }
}

function rwAsk_(ui, question, now) {
  var reply = ui.prompt(RW, question + (now ? ' (now ' + now + '; leave it empty to keep it)' : ''), ui.ButtonSet.OK_CANCEL);
  return reply.getSelectedButton() === ui.Button.OK ? reply.getResponseText().trim() : null;
}

/** A script can't open a page by itself: a dialog with the link does. */
function rwOpen() {
  var ui = SpreadsheetApp.getUi(), server = PropertiesService.getUserProperties().getProperty('RW_SERVER');
  if (!server) {
    ui.alert(RW, 'You are not signed in. Choose Roadwright > Sign in….', ui.ButtonSet.OK);
    return;
  }
  var address = server.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  var page = HtmlService.createHtmlOutput('<a href="' + address + '" target="_blank" rel="noopener">' + address + '</a>').setWidth(420).setHeight(60);
  ui.showModalDialog(page, 'Control room');
}
