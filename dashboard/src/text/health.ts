/** Every word of the Data health page. */
export const healthText = {
  status: {
    title: "Status",
    well: "All is well",
    wellLead: "What comes in is accepted, stored and counted.",
    checking: "Checking…",
    wrong: "Something needs you",
    look: "Worth a look",
    level: { error: "Problem", warn: "Warning" },
    storedAgo: (age: string) => `Stored ${age} ago.`,
    nothingStored: "Nothing stored since the collector started.",
  },

  finding: {
    notAccepting: (reason: string) => `The collector refuses what is sent: ${reason}.`,
    notAcceptingDo: "Senders keep it and try again. Free the disk, or see the collector's log.",
    loaderFails: (tries: string) => `The store has refused data or not answered ${tries} in a row.`,
    loaderFailsDo:
      "Nothing is lost: what is acknowledged waits in the spool. The last error is under Spool and loader.",
    late: (age: string) => `The numbers are ${age} behind what was received.`,
    lateDo:
      "The loader catches up by itself. If it does not, the engine needs more memory or a faster disk.",
    quarantined: (count: string, one: boolean) =>
      `${count} ${one ? "segment was" : "segments were"} set aside since the collector started: the store could not take ${one ? "it" : "them"}.`,
    quarantinedDo:
      "They are in spool/quarantine of the data directory, each with its reason beside it.",
    engineAway: (state: string) => `The engine is not running (${state}).`,
    engineAwayDo: "It is started again by itself; the collector's log says why it ended.",
    engineRestarts: (count: string, one: boolean) =>
      `The engine ended unasked ${count} ${one ? "time" : "times"} since the collector started.`,
    engineRestartsDo:
      "Most often memory: raise ROLLCALL_ENGINE_MEMORY_BYTES, or give the machine more.",
    memory: (part: string) => `The engine uses ${part} of the memory it may.`,
    memoryDo: "Large questions may be turned away. Raise ROLLCALL_ENGINE_MEMORY_BYTES.",
    disk: (free: string) => `${free} are left on the disk of the data directory.`,
    diskDo: "Free some, or shorten how long data is kept (Settings).",
    refused: (share: string) => `${share} of the records in this range were refused.`,
    refusedDo: "See below which, why, and which versions send them.",
    unlisted: (count: string, one: boolean) =>
      `${count} ${one ? "event is" : "events are"} sent and not in the catalogue.`,
    unlistedDo: "Add what you want to count to the catalogue; the rest stays refused.",
    flood: (count: string, usual: string) =>
      `${count} new installs in 24 hours; ${usual} a day are usual.`,
    overBudget: (name: string, count: string, budget: string) =>
      `The ingest token “${name}” brought ${count} new installs in 24 hours; its budget is ${budget}.`,
    floodDo:
      "They may be forged, since ingest tokens are public. Charts of admitted installs do not move; rotate or revoke the token that brings them (Settings).",
    alert: (title: string, since: string) => `${title}, since ${since}.`,
  },

  minutes: {
    title: "Records a minute",
    foot: "As this collector received them in the last 60 minutes, all apps together. The last minute still runs; minutes before the collector started are empty.",
    none: "This collector does not count by minute.",
    summary: (total: string, refused: string) =>
      `${total} records were accepted in the last hour, ${refused} refused.`,
    rateLimited: (byToken: string, byInstall: string) =>
      ` Since the collector started, requests of this app were put off for sending too fast (429): ${byToken} by the rate of their token, ${byInstall} by that of an install. Nothing is lost: senders come again.`,
    minute: "Minute (UTC)",
    accepted: "Accepted",
    refused: "Refused",
    dropped: "Fields left out",
    hidden: (at: string, value: string) => `${at}: ${value}`,
  },

  volume: {
    title: "Records over time",
    foot: "Detailed records by the UTC day of their time, base records (one an install and day), and refused records by the day of receipt.",
    subject: "Records",
    events: "Detailed",
    base: "Base",
    refused: "Refused",
    empty: "No records in this range.",
  },

  share: {
    title: "Share refused",
    foot: "Refused records as a part of all that came on the UTC day: accepted and refused.",
    subject: "Share refused",
    empty: "Nothing was refused in this range. Every record fits the schema.",
  },

  refusals: {
    title: "Refused and left out",
    foot: (shown: string, all: string) =>
      `${shown} of ${all} kinds, most first. Names and counts are kept, never values.`,
    summary: (refused: string, dropped: string) =>
      `${refused} records were refused; ${dropped} fields were left out of records that were kept.`,
    empty: "Nothing was refused or left out in this range. Every record fits the schema.",
    why: "Why",
    what: "What",
    event: "Event",
    field: "Field",
    count: "Count",
    versions: "Sent by",
    last: "Last day",
    outcome: { refused: "Record refused", dropped: "Field left out" },
    noVersion: "version not said",
    reason: {
      install_id_missing: "no install id",
      install_id_malformed: "install id is no UUID",
      event_name_malformed: "event name malformed",
      event_name_reserved: "event name reserved",
      event_unlisted: "not in the catalogue",
      trace_id_malformed: "no valid trace id",
      span_id_malformed: "no valid span id",
      metric_name_malformed: "metric name malformed",
      point_too_large: "data point too large",
      field_unknown: "field not in the schema",
      field_name_malformed: "field name malformed",
      field_name_pii: "name says personal data",
      type_mismatch: "wrong type",
      value_not_listed: "value not in the set",
      value_pii: "value looks like personal data",
      value_malformed: "value out of bounds",
      field_limit: "too many fields",
    } as Record<string, string>,
  },

  unlisted: {
    title: "Events not in the catalogue",
    foot: "Refused because the app's catalogue does not list them. The draft is a whole catalogue made from what was received, to be reviewed by hand.",
    summary: (events: string, one: boolean, records: string) =>
      `${events} ${one ? "event" : "events"}, ${records} records.`,
    empty: "Every event that is sent is in the catalogue.",
    add: "Add to catalogue",
    addHint: "Downloads a draft of the catalogue made from what was received",
    event: "Event",
    count: "Records",
    versions: "Sent by",
    first: "First day",
    last: "Last day",
  },

  arrivals: {
    title: "New installs",
    foot: "By the UTC day of the first record. Pending ones have not sent heartbeats on two days yet, so they are left out of charts.",
    subject: "New installs",
    admitted: "Admitted by now",
    pending: "Pending",
    empty: "No install was new in this range.",
    hoursTitle: "New installs by hour",
    hoursFoot: (threshold: string) =>
      `The last 48 hours. More than ${threshold} in 24 hours by tokens without a budget are taken for a flood.`,
    hoursSummary: (count: string, usual: string, pending: string) =>
      `${count} in the last 24 hours, ${usual} a day are usual; ${pending} installs are pending.`,
    hoursEmpty: "No install was new in the last 48 hours.",
    hour: "Hour (UTC)",
    new: "New",
    tokensTitle: "New installs by token",
    tokensFoot:
      "The last 24 hours, by the ingest token of the first base record. Over its budget? Charts of admitted installs do not move. Rotate the token and ship the new one, or revoke it at once: Ingest tokens in Settings. Budgets are set there and under Apps.",
    tokensOver: (count: string, one: boolean) =>
      one ? "1 token is over its budget." : `${count} tokens are over their budgets.`,
    tokensWithin: "No token is over its budget.",
    tokensUnbudgeted: "No token has a budget.",
    tokensEmpty: "No install was new in the last 24 hours.",
    toTokens: "Ingest tokens",
    token: "Token",
    tokenId: "Token id",
    last24h: "24 hours",
    budget: "Budget",
    state: "State",
    tokenState: { over: "over budget", within: "within budget", none: "no budget" },
  },

  machine: {
    title: "Spool, loader and engine",
    foot: (since: string) => `Of this collector since it started, ${since}.`,
    none: "This answer holds nothing of the machine.",
    figure: "Figure",
    value: "Value",
    spool: "Spool",
    spoolValue: (bytes: string, segments: string, one: boolean) =>
      `${bytes} in ${segments} ${one ? "segment" : "segments"}`,
    oldest: "Oldest unstored row",
    lag: "Numbers are behind by",
    lastStored: "Last stored",
    never: "not yet",
    failures: "Failed tries in a row",
    lastError: "Last error",
    retries: "Failed tries",
    quarantined: "Segments set aside",
    engine: "Engine",
    engineExternal: "ClickHouse server",
    memory: "Engine memory",
    memoryValue: (used: string, limit: string) => `${used} of ${limit}`,
    restarts: "Engine restarts",
    disk: "Free disk",
    diskValue: (free: string, total: string) => `${free} of ${total}`,
    ago: (age: string) => `${age} ago`,
    summary: (stored: string) => `Last stored ${stored}.`,
  },

  storage: {
    title: "Storage",
    foot: "Of all apps together, compressed on disk. Tables of counts and settings have no days.",
    summary: (bytes: string, rows: string) => `${bytes} in all, ${rows} rows.`,
    empty: "Nothing is stored yet.",
    table: "Table",
    bytes: "On disk",
    rows: "Rows",
    parts: "Parts",
    oldest: "Oldest",
    newest: "Newest",
  },

  alerts: {
    title: "Alerts",
    foot: "Each is measured every 1 to 15 minutes. Thresholds and webhooks are in Settings.",
    empty: "No rules.",
    rule: "Rule",
    state: "State",
    measured: "Last measured",
    name: { ok: "OK", firing: "Firing", unknown: "Not measured" },
    notMeasured: "too little data, or off",
    summary: (firing: string) => `${firing} firing.`,
    quiet: "None is firing.",
  },

  raw: {
    title: "Raw rows",
    lead: "Every stored row of this app and range as a file, streamed.",
    table: {
      events: "Detailed records",
      heartbeats: "Base records",
      installs: "Installs",
      refusals: "Refusals",
    },
    download: (table: string, format: string) => `${table} as ${format}`,
    format: { csv: "CSV", ndjson: "NDJSON", parquet: "Parquet" },
  },
} as const;
