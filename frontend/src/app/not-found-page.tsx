import { Link } from "@tanstack/react-router";

/** For an address without a page, and for a domain that is not there or belongs to somebody else. */
export function NotFoundPage() {
  return (
    <div className="message-page">
      <title>Not found – DCVaaS</title>
      <p className="message-code" aria-hidden="true">404</p>
      <h1>There is nothing here</h1>
      <p className="quiet">The address is wrong, what it named was deleted, or it belongs to another organization.</p>
      <Link className="button button-primary" to="/domains">
        To the domains
      </Link>
    </div>
  );
}
