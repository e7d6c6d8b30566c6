/** Words that make a field's name say: here is a person, a place or a secret. */
const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    email: "email mail emails mails mailto",
    name: "username firstname lastname fullname surname nickname displayname hostname filename realname",
    network: "ip ips ipv4 ipv6 mac hostname host domain url uri href referrer referer useragent",
    phone: "phone telephone tel fax msisdn mobilenumber imei",
    address: "address addresses addr street zipcode postcode postal latitude longitude lat lng geo",
    person: "ssn birthday birthdate dob passport gender",
    bank: "iban bic card cards creditcard cvv cvc",
    secret:
      "password passwords passwd pwd passphrase secret secrets token tokens apikey credential credentials " +
      "authorization bearer jwt otp csrf salt cookie cookies session sessionid",
  }).flatMap(([rule, words]) => words.split(" ").map((word): [string, string] => [word, rule])),
);

/** Neighbouring words that say the same together. */
const PAIRS: ReadonlyMap<string, string> = new Map([
  ["api key", "secret"],
  ["private key", "secret"],
  ["access key", "secret"],
  ["e mail", "email"],
  ["user agent", "network"],
  ["birth date", "person"],
  ["date birth", "person"],
  ["zip code", "address"],
  ["mobile number", "phone"],
]);

/** Refused only as the whole name: within one they are ordinary words (`login_count`, `zip_created`). */
const WHOLE = new Set(["login", "zip", "name", "user", "author", "owner", "path"]);

/** `…_name` names a person or content, unless it names a piece of software. */
const TECHNICAL_NAMES = new Set(
  "event feature metric page module plugin browser os platform engine driver runtime sdk scope library".split(
    " ",
  ),
);

/** A name that ends so is about a thing, and does not hold it: `email_count`, `password_changed`. */
const MEASURES = new Set(
  "count total enabled disabled seconds minutes ms bytes size length duration rate ratio percent changed verified required used".split(
    " ",
  ),
);

const MAX_LENGTH = 256;

/**
 * The rule that a field's name breaks, or null. Whole words are compared, of snake, dotted, dashed and
 * camel case, so `shipping_fee` does not hold an `ip`.
 *
 * @returns "email", "name", "network", "phone", "address", "person", "bank", "secret" or null
 * @example
 * piiInKey("clientIpAddress"); // "network"
 * piiInKey("browser_name"); // null
 */
export function piiInKey(key: string): string | null {
  const words = wordsOf(key);
  const last = words.at(-1) ?? "";
  if (words.length === 1 && WHOLE.has(last)) return "name";
  if (MEASURES.has(last) && words.length > 1) return null;
  if (last === "name" && !TECHNICAL_NAMES.has(words.at(-2) ?? "")) return "name";
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const rule = WORDS.get(word) ?? PAIRS.get(`${word} ${words[at + 1] ?? ""}`);
    if (rule !== undefined) return rule;
  }
  return null;
}

/** The lower-case words of a name: `userName`, `user_name`, `user.name` and `USER-NAME` give the same. */
export function wordsOf(name: string): string[] {
  return name
    .slice(0, MAX_LENGTH)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}
