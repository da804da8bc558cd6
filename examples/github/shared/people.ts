interface Account {
  login: string;
  avatar_url: string;
  html_url: string;
}

/** A person as pages show one; GitHub says `null` for deleted accounts. */
export const person = (account: Account | null | undefined) =>
  account ? { login: account.login, avatar: account.avatar_url, page: account.html_url } : null;
