interface Card {
  kind: "card";
  brand: string;
  last4: string;
  expires: string;
}

interface Invoice {
  kind: "invoice";
  dueDate: string;
  purchaseOrder: string | null;
}

interface Wallet {
  kind: "wallet";
  provider: string;
  account: string;
}

/** How an order is paid, in one line. */
export const paidBy = (payment: Card | Invoice | Wallet): string => {
  if (payment.kind === "card") return `${payment.brand} ending in ${payment.last4}`;
  if (payment.kind === "wallet") return `${payment.provider}, ${payment.account}`;
  return payment.purchaseOrder === null
    ? `Invoice, due ${payment.dueDate}`
    : `Invoice for ${payment.purchaseOrder}, due ${payment.dueDate}`;
};

interface Address {
  name: string;
  line1: string;
  line2: string | null;
  postalCode: string;
  city: string;
  region: string | null;
  country: string;
}

/** An address, line by line. */
export const addressLines = (address: Address): string[] =>
  [
    address.name,
    address.line1,
    address.line2,
    `${address.postalCode} ${address.city}`,
    address.region === null ? address.country : `${address.region}, ${address.country}`,
  ].filter((line) => line !== null);
