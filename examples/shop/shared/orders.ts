type OrderStatus = "pending" | "paid" | "packed" | "shipped" | "delivered" | "cancelled" | "returned";

/** What customers call an order's status. */
export const statusLabel = (status: OrderStatus): string => {
  switch (status) {
    case "pending":
      return "Waiting for payment";
    case "paid":
      return "Paid";
    case "packed":
      return "Being packed";
    case "shipped":
      return "On its way";
    case "delivered":
      return "Delivered";
    case "cancelled":
      return "Cancelled";
    case "returned":
      return "Returned";
  }
};

/** How to show a status: still moving, done, or undone. */
export const statusTone = (status: OrderStatus): "open" | "done" | "undone" =>
  status === "delivered" ? "done" : status === "cancelled" || status === "returned" ? "undone" : "open";
