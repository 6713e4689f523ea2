import type { Certificate, Domain } from "../../../api/contract.ts";
import { Skeleton } from "../../../components/skeleton.tsx";
import { Table } from "../../../components/table.tsx";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
import { useNow } from "../../../lib/use-now.ts";
import { certificateLife } from "../life.ts";
import { LifeBar } from "./life-bar.tsx";

/** Cloudflare's words for the authorities it uses most, as they write themselves. */
const ISSUER: Record<string, string> = { GoogleTrustServices: "Google Trust Services", LetsEncrypt: "Let’s Encrypt" };
const KEY_TYPE: Record<string, string> = { ecdsa: "ECDSA", rsa: "RSA" };

/** When the certificate ends, and every one there has been. */
export function Certificates({ domain }: { domain: Domain }) {
  return (
    <section className="section" aria-labelledby="certificates-title">
      <header className="section-head">
        <div>
          <h2 id="certificates-title">Certificates</h2>
          <Summary domain={domain} />
        </div>
      </header>
      <div className="panel">
        <History certificates={domain.certificates} />
      </div>
    </section>
  );
}

function Summary({ domain }: { domain: Domain }) {
  const now = useNow(60_000);
  if (domain.expiresAt === null) return <p className="quiet">The first one is issued when the records are in place.</p>;
  return (
    <p className="expiry-summary">
      <span className="quiet">
        Expires <RelativeText at={domain.expiresAt} />, on <DateText at={domain.expiresAt} />
      </span>
      <LifeBar life={certificateLife(domain.lastIssuedAt, domain.expiresAt, now)} />
    </p>
  );
}

function History({ certificates }: { certificates: Certificate[] | undefined }) {
  if (certificates === undefined) {
    return (
      <p className="panel-note">
        <Skeleton width="l" />
      </p>
    );
  }
  if (certificates.length === 0) return <p className="panel-note quiet">No certificate yet.</p>;
  return (
    <Table className="certificates-table" labelledBy="certificates-title" columns={["Issuer", "Key", "Issued", "Expires", "Serial number"]}>
      {certificates.map((certificate, index) => (
        <CertificateRow key={certificate.serial ?? index} certificate={certificate} />
      ))}
    </Table>
  );
}

function CertificateRow({ certificate }: { certificate: Certificate }) {
  const { issuer, keyType, issuedAt, expiresAt, serial } = certificate;
  return (
    <tr role="row">
      <th role="rowheader" scope="row">{issuer ? (ISSUER[issuer] ?? issuer) : "Unknown issuer"}</th>
      <td role="cell" data-label="Key">{(keyType && KEY_TYPE[keyType]) ?? <None />}</td>
      <td role="cell" data-label="Issued">{issuedAt ? <DateText at={issuedAt} /> : <None />}</td>
      <td role="cell" data-label="Expires">{expiresAt ? <DateText at={expiresAt} /> : <None />}</td>
      <td role="cell" data-label="Serial number">{serial ? <code>{serial}</code> : <None />}</td>
    </tr>
  );
}

const None = () => <span className="quiet">–</span>;
