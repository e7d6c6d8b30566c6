/** Every word of the telemetry page and its confirm pages, by the part that shows it. */
export const text = {
  page: {
    title: "Telemetry",
    of: (app: string, version: string) => `${app} ${version}`,
    back: "Back to the app",
    skip: "Skip to the content",
    sections: "On this page",
    privacyPolicy: "Privacy policy",
    licence: "Licence",
    foot: "Times are UTC. This page loads nothing from anywhere else and works without JavaScript.",
    problems: "Something needs a look",
  },

  status: {
    title: "Status",
    detailedOn: "Detailed telemetry is on.",
    detailedOff: "Detailed telemetry is off.",
    baseOff: "The daily base report is off.",
    baseOn: (rest: string) => `The daily base report is on: ${rest}.`,
    lastSent: (at: string, bytes: string) => `last sent ${at}${bytes}, accepted`,
    neverSent: "not sent yet",
    next: (at: string) => `next about ${at}`,
    failed: (to: string, at: string, reason: string) =>
      `The last request${to}, ${at}, was not accepted (${reason || "no answer"}).`,
    to: { maintainer: "to the maintainer", own: "to your own collector" },
    off: "Nothing is sent and nothing is recorded.",
    localOnly: "Nothing is sent: what would be sent is only written to the log on this server.",
    noDestination: "Nothing is sent: no collector is configured.",
    nothing: "Nothing is sent.",
    detailed: "Detailed",
    base: "Base report",
    on: "on",
    isOff: "off",
  },

  /** Which layer had the last word. */
  decided: {
    DO_NOT_TRACK:
      "DO_NOT_TRACK is set in the environment. It stops everything and wins over this page.",
    ROLLCALL:
      "ROLLCALL=off is set in the environment. It stops everything and wins over this page.",
    enabledFalse:
      "ENABLE_TELEMETRY is set to a no in the environment: nothing beyond the base report can be switched on here.",
    enabledTrue:
      "ENABLE_TELEMETRY is set to a yes in the environment and nobody has chosen here. A choice on this page wins over it.",
    noDestination: "Neither the build, nor the app, nor the environment names one.",
    configuration: "The maintainer’s configuration switches the base report off.",
    setup: "The base report waits until setup is complete.",
    choice: (by: string, at: string) => `Chosen${by}${at}.`,
    here: " on this page or in setup",
    damaged:
      "installation.json was damaged and the choice in it is lost. Everything stays off until somebody chooses again.",
    storage:
      "installation.json cannot be kept, so no choice can be either: nothing is sent until it can.",
    default: "Nobody has chosen yet: the base report is on, detailed telemetry is not.",
    by: (who: string) => ` by ${who}`,
    on: (at: string) => `, ${at}`,
  },

  control: {
    title: "What may be sent",
    legend: "Mode",
    modes: {
      off: ["Off", "Nothing is sent and nothing is recorded. No connection is made."],
      "local-only": [
        "Local only",
        "Recorded in logs/app.jsonl on this server, so that you can read it. Never sent, no connection is made.",
      ],
      base: [
        "Base",
        "One report a day with the fields listed below: that this install is alive, its version and its platform. No usage, no users.",
      ],
      on: [
        "Detailed",
        "The base report, and an event for each listed action: internal ids, numbers, yes or no, and words from fixed lists. Never text that somebody typed.",
      ],
    },
    save: "Save",
    current: "in force",
    turnOn: "Turn detailed telemetry on",
    turnOff: "Turn detailed telemetry off",
    turnOnAlsoBase: "This also starts the daily base report again.",
    turnOffNote: "Takes effect at once. What waits is forgotten and never sent.",
    turnOnNote: "Only what happens after that is sent, and it can be turned off here at any time.",
    lockedAll: (variable: string) =>
      `Locked: ${variable} is set in the environment of the server. Remove it and restart the app to choose here.`,
    lockedDetailed: (variable: string) =>
      `Detailed is locked: ${variable} is set in the environment of the server.`,
    lockedStorage: "Locked: a choice cannot be saved until installation.json can be written.",
    lockedNoSink: "Detailed is locked: no collector is configured. Local only works all the same.",
    waiting: "Detailed is recorded as your choice, and comes back when the variable is gone.",
    withdraw: "Withdraw that choice",
  },

  gained: {
    title: "The list of events has grown",
    intro: (version: number, accepted: number | null) =>
      accepted === null || accepted === version
        ? `Catalogue ${version} holds more than what was accepted. None of this is sent until you accept it; everything else goes on.`
        : `Catalogue ${accepted} was accepted; this version of the app has catalogue ${version}. None of what is new is sent until you accept it; everything else goes on.`,
    event: "Event",
    what: "What is new",
    accept: "Accept these additions",
    refuse: "Doing nothing keeps them unsent.",
  },

  identity: {
    title: "Identity",
    intro:
      "How a collector tells this install from another. Nothing here comes from a person or from hardware.",
    none: "This install has no identity: it was erased, or installation.json cannot be kept. Turning telemetry on makes a new one.",
    installId: "Install id",
    installIdNote: "A random number, made here on the first start. Sent with every record.",
    copy: "Copy",
    copied: "Copied",
    fingerprint: "Fingerprint",
    fingerprintNote:
      "SHA-256 of “install id:salt” and of nothing else. No host name, network address or hardware is read.",
    salt: "Salt",
    saltNote: "64 random digits in installation.json. Never sent and never shown whole.",
    key: "Public key",
    keyNote: "Ed25519. It lets this install, and nobody else, ask for its data or its erasure.",
    firstSeen: "First start",
    setup: "Setup",
    setupDone: "Complete",
    setupDoneAt: (at: string) => `Complete since ${at}`,
    setupOpen: "Not complete",
    rotate: "Make a new identity …",
  },

  meter: {
    title: "How recognisable is this install?",
    short: "Recognisability",
    none: "Not known yet: the collector has not answered, or has no such count.",
    sentence: (shared: string, asOf: string) =>
      `Your version, operating system, language and time zone together are shared by ${shared} installs (count of ${asOf}).`,
    shared: {
      fewer_than_10: "fewer than 10",
      fewer_than_100: "fewer than 100",
      at_least_100: "at least 100",
    },
    coarsened:
      "That is rare, so less is sent: only the first number of the OS version, the language without its region, and the offset instead of the time zone.",
    fine: "That is common enough to send them as they are.",
    scale: "Installs that look the same",
  },

  records: {
    title: "What is sent",
    tabs: { next: "Would send now", sent: "Sent (30 days)", never: "Never sent" },
    json: "Exact content",
    field: "Field",
    value: "Your value",
    why: "Why",
    kept: "Kept for",
    keptBase: "25 months",
    keptDetailed: "13 months",
    absent: "left out",
    keptNote: "“Kept for” is what a Rollcall collector does unless whoever runs it sets less.",
    cut: "The log is longer than what this page reads. What is older stands in logs/app.jsonl.",
    newer: "Newer",
    older: "Older",
    page: (page: number) => `Page ${page}`,
    envelope: {
      install_id: "Which install it comes from.",
      app_version: "Which version behaved so.",
      identity:
        "A user’s internal number, or the fingerprint. A collector keeps a keyed hash of it only.",
      "log.record.uid": "A repeat of the same record is counted once.",
    } as Readonly<Record<string, string>>,
    unlisted: "Part of the record’s envelope.",
  },

  next: {
    base: "The next base report",
    baseIntro:
      "Made this moment by the code that sends it. These fields and no others: the list is closed.",
    held: (by: string) => `No base report will be sent: ${by}.`,
    heldLocal: "No base report will be sent: with Local only it is written to the log instead.",
    heldBy: {
      DO_NOT_TRACK: "DO_NOT_TRACK is set",
      ROLLCALL: "ROLLCALL=off is set",
      ENABLE_TELEMETRY: "ENABLE_TELEMETRY is set",
      configuration: "nothing is configured to send to, or the maintainer switched it off",
      setup: "setup is not complete",
      choice: "it is off by choice",
      damaged_file: "the choice was lost with a damaged file",
      storage: "installation.json cannot be kept",
    } as Readonly<Record<string, string>>,
    wouldBe: "If it were on, it would hold this:",
    queue: "Detailed events that wait",
    queueEmptyOn: "None wait. An event is sent a few seconds after it happens.",
    queueEmptyOff: "None: detailed telemetry is off, so no event is recorded.",
    queueEmptyLocal: "None wait: with Local only they are written to the log instead.",
    queueMore: (shown: number, total: number) => `${shown} of ${total}, oldest first.`,
  },

  sent: {
    intro: "Every record that left this install, as it left, newest first; from logs/app.jsonl.",
    empty: "Nothing has been sent in the last 30 days.",
    to: "to",
    result: {
      delivered: "accepted",
      delivered_in_part: "accepted in part",
      waiting: "will be tried again",
      refused: "refused",
      unknown: "sent, answer unknown",
    },
    sinks: { maintainer: "the maintainer", own: "your collector", sentry: "Sentry" } as Readonly<
      Record<string, string>
    >,
  },

  never: {
    standing: "Never collected, in any mode",
    list: [
      "Names, user names, e-mail addresses, phone numbers, passwords, tokens.",
      "Anything somebody typed: there is no type for free text, so it cannot be expressed.",
      "Names of projects, clients, tasks or files, and what is in them.",
      "Host names, network addresses, MAC addresses, serial numbers.",
      "Addresses of pages: only the pattern, such as /projects/:id.",
      "IP addresses. A connection needs one; a Rollcall collector neither logs nor stores it.",
    ],
    held: "Stopped in the last 30 days",
    heldIntro:
      "Recorded and then held, forgotten or refused before it could leave. Of a refused field only the name is kept, never the value.",
    empty: "Nothing had to be stopped.",
    kind: { held: "Held", withheld: "Forgotten", refused: "Refused" },
    local: "Local only: recorded here, never sent.",
    reasons: {
      local_only: "Local only",
      opt_out: "Detailed telemetry was turned off while they waited",
      queue_full: "The queue was full",
      request_refused: "The collector refused the request they were in",
      destination_gone: "The collector they waited for is configured no more",
      damaged: "The queue file was damaged",
    },
    records: (count: number) => (count === 1 ? "1 record" : `${count} records`),
    field: (field: string, event: string) => `field ${field} of ${event}`,
    event: (event: string) => `event ${event}`,
  },

  sinks: {
    title: "Where it goes",
    none: "No collector is configured. Nothing can be sent.",
    names: { maintainer: "The maintainer’s collector", own: "Your own collector" },
    address: "Address",
    source: "Configured by",
    embedded: "the build; the environment cannot change it",
    options: "the app’s own code",
    environment: (variable: string | null) =>
      variable === null ? "the environment" : `the environment, ${variable}`,
    last: "Last result",
    lastNone: "Nothing was sent since the app started.",
    results: {
      success: "accepted",
      retryable: "not accepted, will be tried again",
      failure: "refused",
    },
    lastLine: (what: string, at: string, records: string, bytes: string) =>
      `${what}, ${at}, ${records}, ${bytes}`,
    queue: "Queue",
    queueLine: (records: string, bytes: string) => `${records}, ${bytes} on disk`,
    dropped: "Pushed out",
    droppedLine: (count: string) => `${count} because the queue was full`,
    totals: "Since start",
    totalsLine: (sent: number, rejected: number, givenUp: number) =>
      `${sent} sent, ${rejected} refused one by one, ${givenUp} lost with a refused request`,
    test: "Send a test",
    testNote:
      "An empty OTLP request: it holds no record and no id, and tells whether address and token are good.",
    testOff: "Nothing may be sent now, and so no test either.",
  },

  sentry: {
    title: "Errors (Sentry)",
    unused: "This app does not report errors to Sentry.",
    consent: "Follows detailed telemetry: it sends only while that is on.",
    state: "State",
    active: "Sends errors",
    inactive: "Sends nothing",
    host: "Host of the DSN",
    noHost: "none: nothing can be sent",
    sources: {
      embedded: "put in at build time",
      options: "set by the app",
      environment: "SENTRY_DSN",
    },
    rate: "Traces",
    rateLine: (percent: string) => `${percent} of them`,
    rules: "Removed before anything is sent",
  },

  mine: {
    title: "My data",
    intro:
      "Works in every mode, Off included. Each makes one signed request to each collector; nobody without this install’s key can make it.",
    export: "Download what the collector has",
    exportNote: "A JSON file with every row that a collector keeps under this install id.",
    erase: "Erase it everywhere …",
    eraseNote: "Asks on the next page. You get a receipt.",
    noIdentity: "There is no identity, so no collector has anything under it.",
    noSink: "No collector is configured, so there is nobody to ask.",
  },

  history: {
    title: "Consent log",
    intro: "Who decided what, and when. Kept in installation.json and never sent.",
    empty: "Nobody has decided anything yet.",
    at: "When",
    who: "Who",
    what: "What",
    nobody: "not named",
    entries: {
      mode: "Mode set to",
      catalogue_accepted: "Additions to the catalogue accepted",
      identity_rotated: "New identity made",
      erased: "Everything erased",
      file_damaged: "installation.json was damaged; all off",
    },
  },

  catalogue: {
    title: "Every event there is",
    none: "This app has no list of events: the collector learns their names, and text is never kept.",
    intro: (events: number, version: number) =>
      `Catalogue ${version}, ${events} events. An event or property that is not in this list cannot be sent; both ends check.`,
    common: "On every event",
    commonWhy: "These properties may go with each of the events below.",
    reason: "Question it answers",
    owner: "Owner",
    since: "Since",
    expires: "Looked at again by",
    noProperties: "No properties.",
    count: (events: number) => (events === 1 ? "1 event" : `${events} events`),
    other: "Others",
    /** Types in words. */
    types: {
      id: "id: whole number or UUID",
      integer: "whole number",
      number: "number",
      boolean: "yes or no",
      version: "version",
      duration_seconds: "seconds",
      enum: "one of",
      route: "pattern of a page’s address",
    },
    more: (count: number) => `and ${count} more`,
  },

  done: {
    mode: "Saved. It holds from now on, in every process of this install.",
    accepted: "Accepted. The additions may be sent from now on.",
    rotated: "This install has a new identity. To a collector it is a new install.",
    not_saved:
      "The choice could not be written to disk. A no holds in this process and is tried again; a yes does not count.",
    locked: "Not changed: a layer above this page decides. See the status.",
    unknown_mode: "Not changed: that is no mode.",
    test_off: "Not tested: nothing may be sent now, and so no test either.",
    not_confirmed: "Not done: it was not confirmed.",
  } as Readonly<Record<string, string>>,

  confirm: {
    cancel: "Cancel",
    rotateTitle: "Make a new identity?",
    rotateDoes: [
      "Install id, salt, fingerprint and key pair are replaced by new random ones.",
      "What waits to be sent under the old identity is forgotten.",
      "To a collector this is a new install. The old one falls silent; its data stays there.",
      "With the old key goes the right to ask for the old data. To have that erased, erase first.",
      "Your mode stays as it is.",
    ],
    rotate: "Make a new identity",
    eraseTitle: "Erase everything about this install?",
    eraseDoes: (sinks: string) => [
      "Telemetry goes Off here first, and what waits to be sent is forgotten.",
      `One signed request goes to ${sinks}: erase all rows under this install id. It is the only thing that is sent, and it is sent also while telemetry is off.`,
      "Each collector answers with a receipt: rows by table, and until when a backup may still hold some. It refuses whatever comes later under this id.",
      "Then install id, salt and keys are removed from installation.json, and the telemetry lines from logs/app.jsonl.",
      "If a collector does not answer, telemetry stays Off, the identity stays here, and you can try again.",
      "Turning telemetry on later makes a new identity: a new install, with no tie to this one.",
    ],
    eraseNot:
      "Not erased: sums that no longer know which install they came from, and the consent log on this server.",
    erase: "Erase everything",
    id: "Install id",
  },

  erased: {
    title: "Erased",
    intro:
      "Telemetry is Off and the identity is gone. Keep this receipt: the page cannot show it again.",
    sink: (name: string) => `Receipt of ${name}`,
    names: { maintainer: "the maintainer’s collector", own: "your own collector" },
    installId: "Install id",
    at: "Erased at",
    rows: "Rows erased",
    noRows: "none were there",
    remains: "May remain for a while",
    json: "The receipt as it came",
    none: "No collector had anything to erase.",
    failedTitle: "Not erased",
    failed:
      "Telemetry is Off. The identity is still here, so that you can try again when the collector answers.",
    exportFailedTitle: "Not exported",
    back: "Back to the telemetry page",
  },

  test: {
    title: "Test",
    ok: "The collector accepted it: address and token are good.",
    failed: "The collector did not accept it.",
    answer: "Answer",
    preview: "The request, without the token",
    unknown: "There is no such collector.",
  },

  refused: {
    forbiddenTitle: "For administrators only",
    forbidden: "Sign in to the app as an administrator, then open this page again.",
    csrfTitle: "That form is out of date",
    csrf: "It did not come from this page, or the page was open for more than a day. Nothing was changed. Open the page again and repeat.",
    methodTitle: "Not possible",
    method: "This address does not answer that kind of request.",
  },
} as const;
