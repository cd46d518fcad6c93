// The menu on strict doubles: whatever Code.gs touches that is not modelled here throws.
import assert from 'node:assert';
import fs from 'node:fs';
import test from 'node:test';
import vm from 'node:vm';

const SOURCE = fs.readFileSync(new URL('./Code.gs', import.meta.url), 'utf8');
const OK = 'OK', YES = 'YES', CANCEL = 'CANCEL';

function strict(name, members) {
  return new Proxy(members, {
    get(target, key) {
      if (key in target || typeof key === 'symbol') return target[key];
      throw new Error(`${name}.${String(key)} is not modelled`);
    },
  });
}

const reply = (code, body) => strict('HTTPResponse', {
  getResponseCode: () => code,
  getContentText: () => (typeof body === 'string' ? body : JSON.stringify(body)),
});

function load({tab = 'Backlog', ranges = [[2, 2]], header = [], cells = [], last = 50, answers = [], prompts = [], kept = {}, button = YES, cache = {}} = {}) {
  const seen = {menu: [], alerts: [], toasts: [], calls: [], dialogs: []};
  const properties = new Map(Object.entries(kept));
  const forbidden = () => { throw new Error('the token belongs to a person'); };
  const menu = strict('Menu', {
    addItem: (name, call) => { seen.menu.push([name, call]); return menu; },
    addSeparator: () => menu,
    addSubMenu: inner => { assert.equal(inner, others); return menu; },
    addToUi: () => { seen.built = (seen.built || 0) + 1; },
  });
  const others = strict('Menu', {addItem: (name, call) => { seen.others.push([name, call]); return others; }});
  const ui = strict('Ui', {
    createMenu: name => {
      if (name === 'On other tabs') return others;
      assert.equal(name, 'Roadwright');
      seen.menu.length = 0;
      seen.others = [];
      return menu;
    },
    ButtonSet: {OK, OK_CANCEL: 'OK_CANCEL', YES_NO: 'YES_NO'},
    Button: {OK, YES},
    alert: (title, text, buttons) => { seen.alerts.push([title, text, buttons]); return buttons === 'YES_NO' ? button : OK; },
    prompt: (title, text) => {
      const [pressed, typed] = prompts.shift();
      seen.prompted = text;
      return strict('PromptResponse', {getSelectedButton: () => pressed, getResponseText: () => typed});
    },
    showModalDialog: (page, title) => { seen.dialogs.push([page.html, title]); },
  });
  const sheet = strict('Sheet', {
    getName: () => tab,
    getLastRow: () => last,
    getLastColumn: () => header.length,
    getActiveRangeList: () => (ranges ? strict('RangeList', {getRanges: () => ranges.map(([from, to]) => strict('Range', {getRow: () => from, getLastRow: () => to}))}) : null),
    getCurrentCell: () => strict('Range', {getRow: () => ranges[0][0]}),
    getRange: (row, column, height) => strict('Range', {
      getDisplayValues: () => { assert.equal(row, 1); assert.equal(height, 1); return [header]; },
      getDisplayValue: () => cells[column - 1],
    }),
  });
  const book = strict('Spreadsheet', {getId: () => 'SID', getActiveSheet: () => sheet, toast: (...said) => seen.toasts.push(said)});
  const globals = {
    SpreadsheetApp: strict('SpreadsheetApp', {getUi: () => ui, getActive: () => book, flush: () => { seen.flushed = true; }}),
    PropertiesService: strict('PropertiesService', {
      getUserProperties: () => strict('Properties', {
        getProperty: key => (properties.has(key) ? properties.get(key) : null),
        setProperty: (key, value) => { properties.set(key, String(value)); },
        deleteProperty: key => { properties.delete(key); },
      }),
      getScriptProperties: forbidden,
      getDocumentProperties: forbidden,
    }),
    CacheService: strict('CacheService', {getUserCache: () => strict('Cache', {get: key => (key in cache ? cache[key] : null), put: (key, value) => { cache[key] = value; }})}),
    Utilities: strict('Utilities', {getUuid: () => 'uuid-1'}),
    HtmlService: strict('HtmlService', {createHtmlOutput: html => { const page = {html, setWidth: () => page, setHeight: () => page}; return page; }}),
    UrlFetchApp: strict('UrlFetchApp', {
      fetch: (address, asked) => {
        seen.calls.push([address, asked]);
        const next = answers.shift();
        if (next instanceof Error) throw next;
        if (next === undefined) throw new Error(`nobody answers ${address}`);
        return next;
      },
    }),
  };
  vm.createContext(globals);
  vm.runInContext(SOURCE, globals, {filename: 'Code.gs'});
  return {script: globals, seen, properties};
}

const SIGNED = {RW_SERVER: 'https://rw.example.com', RW_TOKEN: 'rw_1'};
const DONE = {run_id: 'ACT-000007', status: 'success', summary: {selected: 2, ok: 1, failed: 1, skipped: 0}, rows: [
  {tab: 'Backlog', row: 7, run_status: 'FAILED: title: is empty'}, {tab: 'Backlog', row: 8, run_status: 'OK'}]};
const names = seen => seen.menu.map(([name]) => name);

test('every item of the menu names a function, on every tab', () => {
  for (const tab of ['Backlog', 'Scoring_Inputs', 'MathModels', 'Params', 'Candidates', 'Scenario_Config', 'Results', 'Roadmaps', 'Roadmap_Entries', 'My notes']) {
    const {script, seen} = load({tab});
    script.onOpen();
    assert.equal(seen.built, 1);
    assert.equal(seen.menu.length + seen.others.length, 14);
    for (const [, call] of [...seen.menu, ...seen.others]) assert.equal(typeof script[call], 'function', call);
  }
});

test('the menu follows the tab that is shown', () => {
  const cache = {};
  const {script, seen} = load({tab: 'Scoring_Inputs', cache});
  script.onOpen();
  assert.deepEqual(names(seen), ['Sync backlog', 'Save this tab', 'Refresh this tab', 'Score selected', 'Switch framework', 'Open control room', 'Sign in…']);
  const on = tab => ({range: {getSheet: () => ({getName: () => tab})}});
  script.onSelectionChange(on('Roadmaps'));
  assert.deepEqual(names(seen), ['Sync backlog', 'Save this tab', 'Refresh this tab', 'Check gates', 'Publish', 'Open control room', 'Sign in…']);
  script.onSelectionChange(on('Roadmaps'));
  assert.equal(seen.built, 2);
  script.onSelectionChange(on('Candidates'));
  assert.ok(names(seen).includes('Optimize: all candidates') && names(seen).includes('Optimize: ticked candidates') && names(seen).includes('Why is this in or out?'));
  script.onSelectionChange(on('Ideas of the team'));
  assert.deepEqual(names(seen), ['Sync backlog', 'Open control room', 'Sign in…']);
});

test('a call says where it is asked for, and follows the run to its end', () => {
  const running = {run_id: 'ACT-000007', status: 'running', progress: 'reading Backlog'};
  const {script, seen} = load({kept: SIGNED, answers: [reply(202, running), reply(200, running), reply(200, DONE)]});
  script.rwSaveTab();
  const [[address, asked], [next, second]] = seen.calls;
  assert.equal(address, 'https://rw.example.com/api/v1/runs');
  assert.deepEqual(JSON.parse(asked.payload), {action: 'pm.save_selected', options: {}, sheet: {spreadsheet_id: 'SID', tab: 'Backlog'}});
  assert.deepEqual(asked.headers, {Authorization: 'Bearer rw_1', 'Idempotency-Key': 'uuid-1'});
  assert.equal(asked.followRedirects, false);
  assert.equal(next, 'https://rw.example.com/api/v1/runs/ACT-000007?wait=20');
  assert.equal(second.method, 'get');
  assert.ok(seen.flushed);
  assert.ok(seen.toasts.some(([text]) => text === 'reading Backlog'));
  const [[title, text]] = seen.alerts;
  assert.equal(title, 'Save this tab');
  assert.equal(text, 'ACT-000007: success\nselected 2, ok 1, failed 1\nBacklog row 7: FAILED: title: is empty');
});

test('the rows of the selected cells are the selection', () => {
  const {script, seen} = load({tab: 'Scoring_Inputs', kept: SIGNED, ranges: [[11, 12], [1, 2], [7, 7], [9, 11], [48, 1000]], last: 50, answers: [reply(202, DONE)]});
  script.rwScore();
  assert.equal(JSON.parse(seen.calls[0][1].payload).sheet.rows, '2,7,9-12,48-50');
});

test('a selection of the header alone is refused', () => {
  for (const ranges of [[[1, 1]], null]) {
    const {script, seen} = load({tab: 'Scoring_Inputs', kept: SIGNED, ranges});
    script.rwScore();
    assert.equal(seen.calls.length, 0);
    assert.match(seen.alerts[0][1], /below the header/);
  }
});

test('the scenario of the current row goes along', () => {
  const {script, seen} = load({tab: 'Scenario_Config', kept: SIGNED, header: ['Notes', 'Scenario name'], cells: ['x', ' Q3 open '], answers: [reply(202, DONE)]});
  script.rwOptimizeAll();
  assert.deepEqual(JSON.parse(seen.calls[0][1].payload).options, {scenario_name: 'Q3 open'});
});

test('publishing is asked about', () => {
  const {script, seen} = load({tab: 'Roadmaps', kept: SIGNED, button: 'NO'});
  script.rwPublish();
  assert.equal(seen.calls.length, 0);
});

test('an item of another tab says where it works', () => {
  const {script, seen} = load({tab: 'Backlog', kept: SIGNED});
  script.rwPublish();
  assert.match(seen.alerts[0][1], /works on Roadmaps/);
});

test('without a sign-in nothing is sent', () => {
  const {script, seen} = load();
  script.rwSyncBacklog();
  assert.equal(seen.calls.length, 0);
  assert.match(seen.alerts[0][1], /Sign in/);
});

test('a failed call says what to do', () => {
  const cases = [[401, {detail: 'x'}, /Sign in/], [403, {detail: 'needs approver'}, /needs approver/], [422, {detail: 'unknown tab'}, /unknown tab/],
    [302, '', /https:\/\//], [404, '<html>', /no Roadwright server/], [429, '', /patience/], [500, '', /log/]];
  for (const [code, body, words] of cases) {
    const {script, seen} = load({kept: SIGNED, answers: [reply(code, body)]});
    script.rwSyncBacklog();
    assert.match(seen.alerts[0][1], words, String(code));
    assert.equal(seen.calls.length, 1);
  }
});

test('a call that got lost is sent again under the same key', () => {
  const {script, seen} = load({kept: SIGNED, answers: [new Error('Timeout'), reply(202, DONE)]});
  script.rwSyncBacklog();
  assert.equal(seen.calls.length, 2);
  assert.equal(seen.calls[0][1].headers['Idempotency-Key'], seen.calls[1][1].headers['Idempotency-Key']);
  const gone = load({kept: SIGNED, answers: [new Error('DNS'), new Error('DNS')]});
  gone.script.rwSyncBacklog();
  assert.match(gone.seen.alerts[0][1], /Requests/);
});

test('a run that takes long goes on by itself', () => {
  const running = {run_id: 'ACT-000007', status: 'running'};
  const {script, seen} = load({kept: SIGNED, answers: [reply(202, running)]});
  script.RW_LONGEST = -1;
  script.rwSyncBacklog();
  assert.match(seen.alerts[0][1], /goes on by itself/);
});

test('address and token are tried, and kept for this person', () => {
  const {script, seen, properties} = load({prompts: [[OK, ' https://rw.example.com/ '], [OK, ' rw_2 ']], answers: [reply(200, {who: 'ann', role: 'planner'})]});
  script.rwSignIn();
  assert.equal(seen.calls[0][0], 'https://rw.example.com/api/v1/me');
  assert.deepEqual(Object.fromEntries(properties), {RW_SERVER: 'https://rw.example.com', RW_TOKEN: 'rw_2'});
  assert.match(seen.alerts[0][1], /ann \(planner\)/);
});

test('a sign-in that fails leaves the earlier one', () => {
  const {script, seen, properties} = load({kept: SIGNED, prompts: [[OK, 'https://other.example.com'], [OK, 'rw_2']], answers: [reply(401, {})]});
  script.rwSignIn();
  assert.deepEqual(Object.fromEntries(properties), SIGNED);
  assert.match(seen.alerts[0][1], /not signed in/);
});

test('no token goes to an address without https, and none is asked for after Cancel', () => {
  for (const address of ['http://rw.example.com', 'rw.example.com', 'https://', 'https://me@rw.example.com', 'https://rw.example.com/?x=1']) {
    const {script, seen, properties} = load({prompts: [[OK, address]]});
    script.rwSignIn();
    assert.equal(seen.calls.length, 0, address);
    assert.equal(properties.size, 0);
  }
  const {script, properties} = load({prompts: [[CANCEL, 'x']]});
  script.rwSignIn();
  assert.equal(properties.size, 0);
});

test('the control room is a link that holds no markup of others', () => {
  const {script, seen} = load({kept: {RW_SERVER: 'https://rw.example.com/"><script>'}});
  script.rwOpen();
  assert.ok(!seen.dialogs[0][0].includes('<script>'));
});
