type OrderStatus = "pending" | "paid" | "packed" | "shipped" | "delivered" | "cancelled" | "returned";

const way = ["pending", "paid", "packed", "shipped", "delivered"] as const;
const names = { pending: "Ordered", paid: "Paid", packed: "Packed", shipped: "On its way", delivered: "Delivered" } as const;

interface Event {
  at: string;
  status: OrderStatus;
}

/** How far an order has come, as the steps that a phone draws. */
export const steps = (status: OrderStatus, history: Event[], show: (iso: string) => string) => {
  const reached = way.findIndex((step) => step === status);
  return way.map((step, index) => {
    const event = history.find((e) => e.status === step);
    return { name: names[step], done: event !== undefined || index <= reached, at: event ? show(event.at) : null };
  });
};
