const list = document.querySelector("#greetings");
const response = await fetch("/api/greetings");
const body = await response.json();
if (response.ok) {
  for (const greeting of body.greetings) {
    const item = document.createElement("li");
    const text = document.createElement("strong");
    text.textContent = greeting.text;
    item.append(text, ` ${greeting.language}, ${greeting.speakers} speakers`);
    list.append(item);
  }
} else {
  list.textContent = `${body.title}: ${body.code}`;
}
