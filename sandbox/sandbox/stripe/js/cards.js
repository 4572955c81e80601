// What a card number, a date and a security code look like, and which sentence tells that they don't.

const BRANDS = [
  { brand: "amex", prefix: /^3[47]/, lengths: [15], cvc: 4, groups: [4, 6, 5] },
  { brand: "diners", prefix: /^3(0[0-5]|[689])/, lengths: [14, 16], cvc: 3, groups: [4, 6, 4, 2] },
  { brand: "visa", prefix: /^4/, lengths: [16], cvc: 3, groups: [4, 4, 4, 4] },
  { brand: "mastercard", prefix: /^(5[1-5]|2[2-7])/, lengths: [16], cvc: 3, groups: [4, 4, 4, 4] },
  { brand: "discover", prefix: /^6(011|4[4-9]|5)/, lengths: [16], cvc: 3, groups: [4, 4, 4, 4] },
  { brand: "jcb", prefix: /^35/, lengths: [16], cvc: 3, groups: [4, 4, 4, 4] },
  { brand: "unionpay", prefix: /^62/, lengths: [16, 17, 18, 19], cvc: 3, groups: [4, 4, 4, 4, 3] },
];
const UNKNOWN = { brand: "unknown", lengths: [16], cvc: 3, groups: [4, 4, 4, 4] };
const POSTAL = { US: /^\d{5}(-?\d{4})?$/, CA: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i, GB: /^[A-Z0-9 ]{5,8}$/i };
const COUNTRIES = (
  "AE AR AT AU BE BG BR CA CH CL CN CO CR CY CZ DE DK EE ES FI FR GB GI GR HK HR HU ID IE IL IN IS IT JP KR LI LT LU" +
  " LV MT MX MY NL NO NZ PE PH PL PT RO RS SA SE SG SI SK TH TR TW UA US UY VN ZA"
).split(" ");

const digitsOf = (text) => text.replace(/\D/g, "");

function brandOf(number) {
  return BRANDS.find((entry) => entry.prefix.test(number)) || UNKNOWN;
}

function luhnValid(number) {
  let sum = 0;
  [...number].reverse().forEach((digit, position) => {
    const value = Number(digit) * (position % 2 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

function formatNumber(text) {
  const { lengths, groups } = brandOf(digitsOf(text));
  const digits = digitsOf(text).slice(0, lengths[lengths.length - 1]);
  const parts = [];
  let start = 0;
  for (const size of groups) {
    if (start < digits.length) parts.push(digits.slice(start, start + size));
    start += size;
  }
  return parts.join(" ");
}

function formatExpiry(text) {
  let digits = digitsOf(text);
  if (/^[2-9]/.test(digits) || (/^1[3-9]/.test(digits) && digits.length === 2)) digits = `0${digits}`;
  // People paste four-digit years.
  if (digits.length === 6) digits = digits.slice(0, 2) + digits.slice(4);
  digits = digits.slice(0, 4);
  return digits.length > 2 ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits;
}

const invalid = (code, message) => ({ type: "validation_error", code, message });

const CHECKS = {
  number(text) {
    const number = digitsOf(text);
    const { lengths } = brandOf(number);
    if (number.length < lengths[0]) return invalid("incomplete_number", "Your card number is incomplete.");
    if (!lengths.includes(number.length) || !luhnValid(number)) {
      return invalid("invalid_number", "Your card number is invalid.");
    }
    return null;
  },
  expiry(text) {
    const digits = digitsOf(text);
    if (digits.length < 4) return invalid("incomplete_expiry", "Your card's expiration date is incomplete.");
    const [month, year] = [Number(digits.slice(0, 2)), 2000 + Number(digits.slice(2))];
    const now = new Date();
    if (month < 1 || month > 12) return invalid("invalid_expiry_month", "Your card's expiration month is invalid.");
    if (year < now.getFullYear()) {
      return invalid("invalid_expiry_year_past", "Your card's expiration year is in the past.");
    }
    if (year === now.getFullYear() && month < now.getMonth() + 1) {
      return invalid("invalid_expiry_month_past", "Your card's expiration date is in the past.");
    }
    return null;
  },
  cvc(text, values) {
    if (digitsOf(text).length < brandOf(digitsOf(values.number)).cvc) {
      return invalid("incomplete_cvc", "Your card's security code is incomplete.");
    }
    return null;
  },
  postal(text, values) {
    const pattern = POSTAL[values.country];
    if (pattern && !pattern.test(text.trim())) return invalid("incomplete_zip", "Your postal code is incomplete.");
    return null;
  },
  country: () => null,
};
