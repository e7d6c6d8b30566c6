/** Every word of the wizard that is not the host app's. */
export const text = {
  step: (step: number, of: number) => `Step ${step} of ${of}`,
  back: "Back",
  next: "Next",
  finish: "Finish setup",
  optional: "optional",
  choose: "Choose …",
  skip: "Skip to the content",

  errors: {
    title: (count: number) =>
      count === 1 ? "One answer needs another look" : `${count} answers need another look`,
    kept: "Nothing you entered is lost.",
    required: "This is needed.",
    tick: "This must be ticked to go on.",
    long: (limit: number) => `At most ${limit} characters.`,
    characters: "This holds characters that cannot be kept.",
    email: "This does not look like an e-mail address.",
    url: "A web address begins with http:// or https://.",
    tel: "A phone number holds digits, spaces and + ( ) - only.",
    number: "This must be a number.",
    min: (min: number) => `At least ${min}.`,
    max: (max: number) => `At most ${max}.`,
    option: "Choose one from the list.",
    saving: "Your answers could not be saved. Try again; if it goes on, look into the app’s log.",
    completing:
      "installation.json could not be written, so setup is not complete. Your answers are saved; try again.",
    unfinished: "Look through the last step, then finish there.",
    outdated: "This form was open for too long, or cookies are blocked. Finish once more.",
  },

  privacy: {
    id: "privacy",
    title: "Privacy",
    intro:
      "What leaves this server, exactly. You can change it at any time, and read every record that was sent, on the telemetry page.",
    baseTitle: "Daily base report",
    baseOn: "On",
    baseOff: "Off",
    baseAfter: "Starts when you finish",
    baseSays:
      "Once a day: that this install is alive, which version it runs and on what. No usage, no users, and nothing that you entered here.",
    baseSent: (at: string) => `The first one was sent ${at}.`,
    baseHeld: (by: string) => `No base report is sent: ${by}.`,
    stopTitle: "How to stop it",
    stop: {
      lead: "Set",
      or: "or",
      env: "in the environment of the server, or choose Off on",
    },
    jsonTitle: "The report as it would leave now",
    jsonOffTitle: "What it would hold if it were on",
    detailedTitle: "Detailed usage",
    detailedOff: "Off unless you tick the box",
    detailedByEnvironment: "On now by ENABLE_TELEMETRY; finishing without the tick turns it off",
    everyEvent: "With every event:",
    detailedLocked: "Off",
    detailedSays:
      "Adds one event for each listed action: internal ids, numbers, yes or no, and words from fixed lists. Never text that somebody typed. It can be turned off at any time, and what waits is then forgotten.",
    box: "Also share detailed usage",
    exampleTitle: "With the box ticked, also records such as this (made-up values)",
    list: (count: number) => `All ${count} events that it would add, and why`,
    locked: {
      DO_NOT_TRACK:
        "Locked: DO_NOT_TRACK is set in the environment of the server. Nothing is sent.",
      ROLLCALL: "Locked: ROLLCALL=off is set in the environment of the server. Nothing is sent.",
      ENABLE_TELEMETRY: "Locked: ENABLE_TELEMETRY is set to a no in the environment of the server.",
      storage: "Locked: installation.json cannot be kept, so no choice can be either.",
      other: "Locked: no collector is configured, so there is nothing to send to.",
    },
    links: "More in the",
    policy: "privacy policy",
    and: "and the",
    licence: "licence",
    end: "Finishing without touching this step leaves detailed usage off.",
  },

  completed: {
    title: "Setup is complete",
    says: "It was completed already, so nothing was changed. Settings are changed in the app.",
    go: "Go to the app",
  },
  refused: {
    title: "For administrators only",
    says: "Sign in to the app as an administrator, then open this page again.",
    foreign: "This form did not come from this page. Nothing was changed.",
    foreignTitle: "Not accepted",
    methodTitle: "Not possible",
    method: "This address does not answer that kind of request.",
  },
} as const;
