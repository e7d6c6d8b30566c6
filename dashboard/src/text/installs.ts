/** Every word of the Installs page. */
export const installsText = {
  rolling: {
    title: "Active installs, rolling",
    foot: "Installs with a heartbeat on the UTC day, and in the 7 and the 28 days that end with it.",
    day: "1 day",
    week: "7 days",
    month: "28 days",
    subject: "Active installs",
  },

  age: {
    title: "Install age",
    foot: (active: string) =>
      `Of ${active} active in the last 28 days: how long ago each was first seen.`,
    summary: (share: string, bin: string) => `Most are ${bin} old: ${share} of active installs.`,
    column: "Age",
    bin: {
      under_1_day: "under a day",
      "1_to_7_days": "1–7 days",
      "1_to_4_weeks": "1–4 weeks",
      "1_to_3_months": "1–3 months",
      "3_to_6_months": "3–6 months",
      "6_to_12_months": "6–12 months",
      "1_to_2_years": "1–2 years",
      over_2_years: "over 2 years",
    },
  },

  survival: {
    title: "Survival",
    foot: "Share of installs still heard of so many days after they were first seen, of those first seen that long ago. Dotted where those are fewer than 30.",
    series: "Still reporting",
    summary: (share: string, days: number) =>
      `${share} of installs are still heard of after ${days} days.`,
    empty: "The fleet is younger than a day.",
    alive: "Still reporting",
    days: "Days since first seen",
    few: "fewer than 30 installs",
  },
} as const;
