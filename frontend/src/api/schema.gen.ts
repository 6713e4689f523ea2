// Made from openapi.json by `npm run types`. Do not edit.

export type components = {
    schemas: {
        /** @description An invitation to accept. */
        AcceptInvitation: {
            /** @description What stands behind `token=` in the mail's link. */
            token: string;
        };
        /** @description Who acted. */
        ActorKind: "user" | "token" | "system";
        /** @description A domain to add: `hostname`, or `domainName`, which is its older spelling. */
        AddDomain: {
            /** @description The same under its older name. */
            domainName?: string;
            /** @description The hostname, such as `app.example.com` or `*.example.com`; Unicode names are converted. */
            hostname?: string;
            /**
             * @description The owner's own words, by which endpoints can choose domains.
             * @default []
             */
            tags: components["schemas"]["Tag"][];
        } & (unknown | unknown);
        /** @description The dated versions of the payloads. A new one is made when a member would change its meaning or go. */
        ApiVersion: "2026-11-01";
        /** @description To whom a mail goes. */
        AskToSignIn: {
            /**
             * Format: email
             * @description The e-mail address.
             */
            email: string;
        };
        /** @description What was done. */
        AuditAction: "organization.create" | "organization.update" | "organization.operate" | "member.invite" | "member.accept" | "member.update" | "member.remove" | "session.start" | "session.end" | "session.revoke" | "domain.add" | "domain.remove" | "domain.update" | "domain.status" | "token.create" | "token.rotate" | "token.expire" | "token.revoke" | "token.leak" | "webhook.create" | "webhook.update" | "webhook.delete" | "webhook.disable" | "webhook.rotate" | "webhook.end_rotation" | "webhook.test" | "webhook.replay" | "delivery.resend" | "feed_consumer.rewind" | "feed_consumer.delete";
        /** @description A part of the audit log that can be verified, oldest first. */
        AuditExport: {
            /** @description The rows. */
            auditLogs: components["schemas"]["AuditLog"][];
            /** @description The newest row that has its hash. */
            head: components["schemas"]["ChainPlace"];
            /** @description What to ask for next, as `after`; null at the end. */
            nextAfter: number | null;
            /** @description The organization. */
            orgId: components["schemas"]["OrgId"];
            /** @description The last row whose time is over: the chain goes on from its hash. */
            start: components["schemas"]["ChainPlace"];
        };
        /** @description An audit row. */
        AuditId: string;
        /** @description What somebody did. */
        AuditLog: {
            /** @description What was done. */
            action: components["schemas"]["AuditAction"];
            /** @description The person or the token; null for the system. */
            actorId: string | null;
            /** @description Who did it. */
            actorKind: components["schemas"]["ActorKind"];
            /** @description From which address. */
            address: string | null;
            /** @description When it was done. */
            createdAt: components["schemas"]["Moment"];
            /** @description What changed, without secrets. */
            detail: Record<string, never>;
            /** @description SHA-256 over the row and the hash before it; null in its first minute. */
            hash: string | null;
            /** @description Its id. */
            id: components["schemas"]["AuditId"];
            /** @description Its number within the organization, without gaps. */
            position: number;
            /** @description In which request. */
            requestId: components["schemas"]["RequestId"] | null;
            /** @description To what. */
            subjectId: string;
        };
        /** @description One page of the audit log, newest first. */
        AuditPage: {
            /** @description The rows. */
            auditLogs: components["schemas"]["AuditLog"][];
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["AuditId"] | null;
        };
        /** @description A sign-in by a provider has begun. */
        Begun: {
            /** @description Where the browser goes now. */
            authorizationUrl: string;
        };
        /** @description A certificate that was seen on the domain. */
        Certificate: {
            /** @description When it ends. */
            expiresAt: components["schemas"]["Moment"] | null;
            /** @description SHA-256 of the certificate, in hexadecimal. */
            fingerprint: string | null;
            /** @description When it was issued. */
            issuedAt: components["schemas"]["Moment"] | null;
            /** @description Who issued it, as Cloudflare names them. */
            issuer: string | null;
            /** @description The kind of its key. */
            keyType: components["schemas"]["KeyType"];
            /** @description Its serial number. */
            serial: string | null;
        };
        /** @description A place in the chain of hashes. */
        ChainPlace: {
            /** @description The hash of that row; empty before the first one. */
            hash: string;
            /** @description The number of a row; 0 is before the first one. */
            position: number;
        };
        /** @description One endpoint after a change. */
        ChangedWebhook: {
            /** @description Only where the change turned it on: what can be sent again now. */
            missed?: components["schemas"]["Missed"];
            /** @description The endpoint. */
            webhook: components["schemas"]["Webhook"];
        };
        /** @description How far a reader of the feed has come. */
        CommitCursor: {
            /** @description The `nextCursor` of the last part that it has dealt with. */
            cursor: string;
            /** @description The reader; it is made when it is named first. */
            name: string;
            /**
             * @description Whether it may go back, to read again what it has read.
             * @default false
             */
            rewind: boolean;
        };
        /** @description A reader's name: 1 to 40 of the characters a-z, 0-9, `-`, `_` and `.`. */
        ConsumerName: string;
        /** @description An organization to make. */
        CreateOrganization: {
            /** @description What it is called. */
            name: string;
        };
        /** @description A token to make. */
        CreateToken: {
            /**
             * @description From where it may be used: addresses and blocks of them (CIDR), IPv4 or IPv6; from anywhere if it is left out.
             * @default []
             */
            allowedIps: string[];
            /**
             * @description Only the domains that have one of these tags: it sees and changes no others, and cannot do anything else; all domains if it is left out.
             * @default []
             */
            domainTags: components["schemas"]["Tag"][];
            /**
             * Format: date-time
             * @description When it ends, with any offset; never if it is left out.
             */
            expiresAt?: string | null;
            /** @description What it is for. */
            name: string;
            /** @description What it may do; `domains:read` alone if it is left out. */
            scopes?: components["schemas"]["Scope"][] | null;
        };
        /** @description An endpoint to make. */
        CreateWebhook: {
            /** @description The version of the payloads that the receiver is written for. */
            apiVersion?: components["schemas"]["ApiVersion"] | null;
            /** @description What it is for; null clears it. */
            description?: string | null;
            /** @description Only events of these domains, and of those with one of `domainTags`; none for no filter. An event that concerns no domain does not pass a filter. */
            domainIds?: components["schemas"]["DomainId"][] | null;
            /** @description Only events of domains that had one of these tags at that moment, and of those in `domainIds`. */
            domainTags?: components["schemas"]["Tag"][] | null;
            /** @description Whether an Ed25519 key of its own signs too: then `publicKey` verifies what is sent. */
            ed25519?: boolean | null;
            /** @description Whether to send events. */
            enabled?: boolean | null;
            /** @description Which events to send; all if nothing else was ever asked. */
            events?: components["schemas"]["EventPattern"][] | null;
            /** @description Further headers of every request, all of them anew: 10 at most. Their values are never shown again; null in the place of one keeps it. */
            headers?: components["schemas"]["HeaderValues"] | null;
            /** @description How many requests it gets in a minute at most; what comes to more waits. Null for no bound. */
            maxPerMinute?: number | null;
            /** @description In which order deliveries go out. */
            ordering?: components["schemas"]["Ordering"] | null;
            /** @description How much of an event is sent: all of it, or (`thin`) its ids, type, time and number alone. The log and the feed have all of it either way. */
            payload?: components["schemas"]["PayloadForm"] | null;
            /** @description Where to send events: a public `https` address. */
            url: string;
        };
        /** @description The state of the database. */
        DatabaseHealth: {
            /** @description Whether it answers. */
            status: components["schemas"]["DependencyStatus"];
        };
        /** @description That it is meant. */
        DeleteOrganization: {
            /** @description The organization's name. */
            confirm: string;
        };
        /** @description One event on its way to one endpoint. */
        Delivery: {
            /** @description How often it was tried. */
            attempts: number;
            /** @description When it was made. */
            createdAt: components["schemas"]["Moment"];
            /** @description The event; at the receiver this is `webhook-id`, the same at every try. */
            eventId: components["schemas"]["EventId"];
            /** @description The event's type. */
            eventType: components["schemas"]["EventType"];
            /** @description Its id. */
            id: components["schemas"]["DeliveryId"];
            /** @description Why the last try failed. */
            lastErrorClass: components["schemas"]["ErrorClass"] | null;
            /** @description The receiver's status at the last try; null if it gave none. */
            lastStatus: number | null;
            /** @description When it is tried next; null when it is settled. */
            nextAttemptAt: components["schemas"]["Moment"] | null;
            /** @description The body that is sent. Lists leave it out. */
            payload?: components["schemas"]["Event"];
            /** @description Where it stands. */
            state: components["schemas"]["DeliveryState"];
            /** @description The tries, newest first; 50 at most. Lists leave it out. */
            tries?: components["schemas"]["Try"][];
            /** @description When it last changed. */
            updatedAt: components["schemas"]["Moment"];
            /** @description The endpoint. */
            webhookId: components["schemas"]["WebhookId"];
        };
        /** @description One delivery. */
        DeliveryAnswer: {
            /** @description The delivery. */
            delivery: components["schemas"]["Delivery"];
        };
        /** @description A delivery of one event to one endpoint. */
        DeliveryId: string;
        /** @description One page of deliveries, newest first. */
        DeliveryPage: {
            /** @description The deliveries. */
            deliveries: components["schemas"]["Delivery"][];
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["DeliveryId"] | null;
        };
        /** @description Where a delivery stands. */
        DeliveryState: "pending" | "delivered" | "failed";
        /** @description The state of each dependency. */
        Dependencies: {
            /** @description Room for custom hostnames at Cloudflare. */
            customHostnames: components["schemas"]["HostnameHealth"];
            /** @description The database. */
            database: components["schemas"]["DatabaseHealth"];
            /** @description Mail. */
            mail: components["schemas"]["MailHealth"];
            /** @description The scheduler. */
            scheduler: components["schemas"]["SchedulerHealth"];
        };
        /** @description Whether a dependency answers. */
        DependencyStatus: "ok" | "unavailable";
        /** @description Why an endpoint is off. */
        DisabledReason: "owner" | "gone" | "failing";
        /** @description A DNS record to place, exactly as given, and how public DNS answers for it. */
        DnsRecord: {
            /** @description Its full name. */
            name: string;
            /** @description What it is for. */
            purpose: components["schemas"]["Purpose"];
            /** @description Its name within the zone, as most providers want it typed; `@` for the zone itself. */
            relativeName: string;
            /** @description Whether the domain can become active without it. */
            required: boolean;
            /** @description What public DNS said when it was last looked up. */
            seen: components["schemas"]["Seen"];
            /** @description Its type. */
            type: components["schemas"]["RecordType"];
            /** @description Its value. */
            value: string;
            /** @description The zone that the name is most likely in. */
            zone: string;
        };
        /** @description A customer's hostname whose certificate is kept valid. */
        Domain: {
            /** @description Every certificate that was seen, newest first; 100 at most. Lists leave it out. */
            certificates?: components["schemas"]["Certificate"][];
            /** @description The custom hostname's id at Cloudflare; null until it was created there. */
            cfCustomHostnameId: string | null;
            /** @description Cloudflare's own word for the certificate's state. New words may appear. */
            cfSslStatus: string | null;
            /** @description Cloudflare's own word for the hostname's state. New words may appear. */
            cfStatus: string | null;
            /** @description What Cloudflare says is wrong, in its words. */
            cfVerificationErrors: string[];
            /** @description Where the delegation record points; null until Cloudflare has told. */
            cnameTarget: string | null;
            /** @description When it was added. */
            createdAt: components["schemas"]["Moment"];
            /** @description One sentence that tells the owner what to place. */
            dnsInstruction: string | null;
            /** @description Every record that the owner places. */
            dnsRecords: components["schemas"]["DnsRecord"][];
            /** @description Whether the delegation record was seen in public DNS. */
            dnsVerified: boolean;
            /** @description The hostname in A-labels, lower case; a wildcard begins with `*.`. */
            domainName: string;
            /** @description Why it is in `error`. */
            errorCode: components["schemas"]["DomainErrorCode"] | null;
            /** @description The same as a sentence: what is wrong, who acts, and how. */
            errorMessage: string | null;
            /** @description When the certificate in use ends. */
            expiresAt: components["schemas"]["Moment"] | null;
            /** @description Where that date comes from. */
            expiresSource: components["schemas"]["ExpiresSource"] | null;
            /** @description Its id. */
            id: components["schemas"]["DomainId"];
            /** @description When the certificate in use was issued. */
            lastIssuedAt: components["schemas"]["Moment"] | null;
            /** @description When it is looked at next without being asked for. */
            nextCheckAt: components["schemas"]["Moment"];
            /** @description The organization it belongs to. */
            orgId: components["schemas"]["OrgId"];
            /** @description Where it stands. */
            status: components["schemas"]["DomainStatus"];
            /** @description The owner's own words on it. */
            tags: components["schemas"]["Tag"][];
            /** @description When its state last changed. */
            updatedAt: components["schemas"]["Moment"];
            /** @description Whether it is a wildcard. */
            wildcard: boolean;
        };
        /** @description One domain. */
        DomainAnswer: {
            /** @description The domain. */
            domain: components["schemas"]["Domain"];
        };
        /** @description Why a domain is in `error`. */
        DomainErrorCode: "blocked" | "moved" | "removed_upstream" | "validation_timed_out" | "issuance_timed_out" | "deployment_timed_out" | "certificate_removed" | "expired" | "refused_upstream" | "quota_exceeded";
        /** @description A domain. */
        DomainId: string;
        /** @description One page of domains, newest first. */
        DomainPage: {
            /** @description The domains. */
            domains: components["schemas"]["Domain"][];
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["DomainId"] | null;
        };
        /** @description The status of a domain, as everybody sees it. */
        DomainStatus: "pending_cname" | "issuing" | "active" | "error";
        /** @description Why a try did not succeed. */
        ErrorClass: "timeout" | "connection" | "dns" | "refused" | "tls" | "http_3xx" | "http_4xx" | "http_5xx" | "gone" | "blocked_url" | "blocked_address" | "disabled" | "secret_unreadable";
        /** @description What happened, as receivers get it: these members, and those of the event's type. */
        Event: {
            /** @description Its id. */
            id: components["schemas"]["EventId"];
            /** @description The organization that it concerns. */
            orgId: components["schemas"]["OrgId"];
            /** @description Its number within its domain, without gaps; null for events of no domain. */
            seq: number | null;
            /** @description When it happened. */
            timestamp: components["schemas"]["Moment"];
            /** @description Its type. */
            type: components["schemas"]["EventType"];
        };
        /** @description A step in the life of a type of event. */
        EventChange: {
            /** @description What is different. */
            change: string;
            /** @description Since which version. */
            version: components["schemas"]["ApiVersion"];
        };
        /** @description An event. */
        EventId: string;
        /**
         * @description The name of an event, `<category>.*` for all of a category, or `*` for all events.
         * @enum {string}
         */
        EventPattern: "*" | "certificate.*" | "dns.*" | "domain.*" | "job.*" | "member.*" | "organization.*" | "token.*" | "webhook.*" | "domain.added" | "domain.removed" | "domain.active" | "domain.error" | "domain.expiring_soon" | "domain.renewed" | "domain.issuing" | "domain.expired" | "domain.lapsed" | "domain.updated" | "dns.verified" | "dns.check_failed" | "dns.drifted" | "dns.restored" | "certificate.issued" | "job.failed" | "job.dlq" | "token.created" | "token.rotated" | "token.revoked" | "token.expiring" | "token.expired" | "member.invited" | "member.joined" | "member.updated" | "member.suspended" | "member.removed" | "organization.updated" | "organization.plan_changed" | "webhook.created" | "webhook.updated" | "webhook.enabled" | "webhook.deleted" | "webhook.secret_rotated" | "webhook.test" | "webhook.disabled" | "webhook.failing";
        /** @description What happened. The names are part of the public contract: none may change or go. */
        EventType: "domain.added" | "domain.removed" | "domain.active" | "domain.error" | "domain.expiring_soon" | "domain.renewed" | "domain.issuing" | "domain.expired" | "domain.lapsed" | "domain.updated" | "dns.verified" | "dns.check_failed" | "dns.drifted" | "dns.restored" | "certificate.issued" | "job.failed" | "job.dlq" | "token.created" | "token.rotated" | "token.revoked" | "token.expiring" | "token.expired" | "member.invited" | "member.joined" | "member.updated" | "member.suspended" | "member.removed" | "organization.updated" | "organization.plan_changed" | "webhook.created" | "webhook.updated" | "webhook.enabled" | "webhook.deleted" | "webhook.secret_rotated" | "webhook.test" | "webhook.disabled" | "webhook.failing";
        /** @description What there is to know of a type of event. */
        EventTypeEntry: {
            /** @description What stands before the dot. */
            category: string;
            /** @description What was changed, newest first. */
            changelog: components["schemas"]["EventChange"][];
            /** @description What it tells, and what a receiver may do with it. */
            description: string;
            /** @description A body as it may look. */
            example: Record<string, never>;
            /** @description The JSON Schema (2020-12) of the body. */
            schema: Record<string, never>;
            /** @description The same of the body that endpoints get which asked for thin ones. */
            thinSchema: Record<string, never>;
            /** @description The type. */
            type: components["schemas"]["EventType"];
            /** @description The version of the body. */
            version: components["schemas"]["ApiVersion"];
        };
        /** @description The catalogue of events. */
        EventTypes: {
            /** @description Every type. */
            eventTypes: components["schemas"]["EventTypeEntry"][];
        };
        /** @description Where an expiry date comes from. */
        ExpiresSource: "certificate";
        /** @description How an export is written. */
        ExportFormat: "json" | "csv";
        /** @description A part of the feed, oldest first. */
        Feed: {
            /** @description The events. */
            events: components["schemas"]["Event"][];
            /** @description Where to go on, now or later; null only where nothing has happened yet. */
            nextCursor: string | null;
        };
        /** @description A reader of the feed whose place is kept. */
        FeedConsumer: {
            /** @description How many events have come since. */
            behind: number;
            /** @description When it was named first. */
            createdAt: components["schemas"]["Moment"];
            /** @description Up to where it has dealt with all events. */
            cursor: string;
            /** @description Its name. */
            name: components["schemas"]["ConsumerName"];
            /** @description When it last came further. */
            updatedAt: components["schemas"]["Moment"];
        };
        /** @description One reader of the feed. */
        FeedConsumerAnswer: {
            /** @description The reader. */
            consumer: components["schemas"]["FeedConsumer"];
        };
        /** @description The readers of the feed, by name. */
        FeedConsumerPage: {
            /** @description The readers; 20 at most. */
            consumers: components["schemas"]["FeedConsumer"][];
            /** @description Always null: they are one page. */
            nextCursor: string | null;
        };
        /** @description What is wrong with one field. */
        FieldFault: {
            /** @description A stable machine word. */
            code: string;
            /** @description The field's path in the request. */
            field: string;
            /** @description What is wrong and what would be right. */
            message: string;
        };
        /** @description Names and values of headers. A name is a token of 64 characters at most and none that the request itself needs, such as `Host`, `Content-*`, `Webhook-*` and `X-DCVaaS-*`; a value is visible ASCII of 1,024 characters at most. Null in its place keeps the value that the endpoint has. */
        HeaderValues: {
            [key: string]: string | null;
        };
        /** @description Whether the service can work. */
        Health: {
            /** @description On what that depends. */
            dependencies: components["schemas"]["Dependencies"];
            /** @description Whether it can. */
            ok: boolean;
        };
        /** @description Whether domains can still be added. */
        HostnameHealth: {
            /** @description Whether there is room, as Cloudflare was last asked: every 4 hours. */
            status: components["schemas"]["QuotaStatus"];
        };
        /** @description How many custom hostnames a zone has and may have. */
        HostnameQuota: {
            /** @description How many Cloudflare lets it have. */
            allocated: number;
            /** @description When Cloudflare was asked. */
            readAt: components["schemas"]["Moment"];
            /** @description How many it has. */
            used: number;
        };
        /** @description Whom to invite. */
        InviteMember: {
            /**
             * Format: email
             * @description Their e-mail address.
             */
            email: string;
            /** @description What they will be; `member` if it is left out. */
            role?: components["schemas"]["Role"] | null;
        };
        /** @description The kind of a certificate's key. */
        KeyType: "ecdsa" | "rsa" | "unknown";
        /** @description What GitHub is told of something that it found. */
        Label: "true_positive" | "false_positive";
        /** @description What we say of it. */
        LeakFeedback: {
            /** @description Whether it is, or was, a token of ours. */
            label: components["schemas"]["Label"];
            /** @description SHA-256 of what was found, in hexadecimal. */
            token_hash: string;
            /** @description Its type, as it came. */
            token_type: string;
        };
        /** @description Something that GitHub found in public and takes for a token of ours. */
        LeakedSecret: {
            /**
             * @description In what kind of thing.
             * @default
             */
            source: string;
            /** @description What was found. */
            token: string;
            /** @description The name under which our tokens are registered with GitHub. */
            type: string;
            /**
             * @description Where it was found; may be empty.
             * @default
             */
            url: string;
        };
        /** @description The state of mail. */
        MailHealth: {
            /** @description Whether it can be sent. */
            status: components["schemas"]["MailStatus"];
        };
        /** @description Whether mail can be sent. */
        MailStatus: "ok" | "not_configured";
        /** @description Somebody who belongs to an organization, or is invited to. */
        Member: {
            /** @description When they were invited. */
            createdAt: components["schemas"]["Moment"];
            /** @description Their e-mail address. */
            email: string;
            /** @description The membership's id. */
            id: string;
            /** @description Their name, if they gave one. */
            name: string | null;
            /** @description The organization. */
            orgId: components["schemas"]["OrgId"];
            /** @description What they may do. */
            role: components["schemas"]["Role"];
            /** @description Where they stand. */
            status: components["schemas"]["MemberStatus"];
            /** @description How many API tokens in force go back to them. These stay in force when the member is suspended or removed. */
            tokens: number;
            /** @description When they were last changed. */
            updatedAt: components["schemas"]["Moment"];
            /** @description The person: what the routes of one member take. */
            userId: components["schemas"]["UserId"];
        };
        /** @description One member. */
        MemberAnswer: {
            /** @description The member. */
            member: components["schemas"]["Member"];
        };
        /** @description One page of members. */
        MemberPage: {
            /** @description The members. */
            members: components["schemas"]["Member"][];
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["UserId"] | null;
        };
        /** @description Where a member stands. */
        MemberStatus: "active" | "invited" | "suspended";
        /** @description An organization that a person belongs to, with their role in it. */
        Membership: {
            /** @description The organization's colour as `#rrggbb`, for a plan with white label. */
            brandColor: string | null;
            /** @description The organization's id. */
            id: components["schemas"]["OrgId"];
            /** @description The address of the organization's logo, for a plan with white label. */
            logoUrl: string | null;
            /** @description The organization's name. */
            name: string;
            /** @description The organization's plan. */
            plan: components["schemas"]["Plan"];
            /** @description The person's role. */
            role: components["schemas"]["Role"];
        };
        /** @description What an endpoint missed while it was off. */
        Missed: {
            /** @description Deliveries that were given up; 10,000 at most. */
            failed: number;
            /** @description Events that no delivery was made for; 10,000 at most. */
            missing: number;
            /** @description Since when nothing arrived, 29 days back at most: what a replay takes as its `since`. */
            since: components["schemas"]["Moment"];
        };
        /**
         * Format: date-time
         * @description A moment in UTC as ISO 8601, with milliseconds.
         * @example 2026-11-24T02:11:46.123Z
         */
        Moment: string;
        /** @description A new API token. */
        NewToken: {
            /** @description The token. It is shown here and never again: null where the answer is a repeated one (`Idempotency-Replayed`). */
            token: string | null;
            /** @description What is kept of it. */
            tokenMeta: components["schemas"]["TokenMeta"];
        };
        /** @description What to change; what is left out stays as it is, and null is the plan's own limit again. */
        OperateOrganization: {
            /** @description How many domains it may hold. */
            domainLimit?: number | null;
            /** @description The plan. */
            plan?: components["schemas"]["Plan"] | null;
            /** @description How many requests a minute it may make. */
            requestsPerMinute?: number | null;
        };
        /** @description An organization as the operator sees it. */
        Operated: {
            /** @description When it was made. */
            createdAt: components["schemas"]["Moment"];
            /** @description How many domains it may hold, where that is not what the plan says. */
            domainLimit: number | null;
            /** @description How many domains it has. */
            domains: number;
            /** @description Its id. */
            id: components["schemas"]["OrgId"];
            /** @description How many members it has. */
            members: number;
            /** @description Its name. */
            name: string;
            /** @description Its plan. */
            plan: components["schemas"]["Plan"];
            /** @description How many requests a minute it may make, where that is not what the plan says. */
            requestsPerMinute: number | null;
        };
        /** @description One organization as the operator sees it. */
        OperatedAnswer: {
            /** @description The organization. */
            organization: components["schemas"]["Operated"];
        };
        /** @description One page of organizations as the operator sees them, newest first. */
        OperatedPage: {
            /** @description How many custom hostnames Cloudflare lets the zone have; null before it was asked. */
            hostnameQuota: components["schemas"]["HostnameQuota"] | null;
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["OrgId"] | null;
            /** @description The organizations. */
            organizations: components["schemas"]["Operated"][];
        };
        /** @description In which order an endpoint gets its deliveries. */
        Ordering: "none" | "fifo";
        /** @description An organization. */
        OrgId: string;
        /** @description An organization: the tenant that everything belongs to. */
        Organization: {
            /** @description Its colour as `#rrggbb`. */
            brandColor: string | null;
            /** @description When it was made. */
            createdAt: components["schemas"]["Moment"];
            /** @description How many domains it may hold, where that is not what the plan says. */
            domainLimit: number | null;
            /** @description Its id. */
            id: components["schemas"]["OrgId"];
            /** @description The address of its logo. */
            logoUrl: string | null;
            /** @description Its name. */
            name: string;
            /** @description Its plan. */
            plan: components["schemas"]["Plan"];
            /** @description How many requests a minute its tokens may make, where that is not what the plan says. */
            requestsPerMinute: number | null;
            /** @description What it holds. */
            use: components["schemas"]["Use"];
        };
        /** @description The caller's organization. */
        OrganizationAnswer: {
            /** @description The organization. */
            organization: components["schemas"]["Organization"];
        };
        /** @description The token that asks. */
        OwnToken: {
            /** @description The organization that it acts for. */
            organization: components["schemas"]["TokenOrganization"];
            /** @description What is kept of it. */
            tokenMeta: components["schemas"]["TokenMeta"];
        };
        /** @description How much of an event an endpoint gets. */
        PayloadForm: "full" | "thin";
        /** @description A person. */
        Person: {
            /** @description Their e-mail address. */
            email: string;
            /** @description Their id. */
            id: components["schemas"]["UserId"];
            /** @description Their name, if they gave one. */
            name: string | null;
        };
        /** @description A plan, from the smallest to the largest. */
        Plan: "free" | "pro" | "agency";
        /** @description A refusal: a problem document of RFC 9457 with a stable machine word. */
        Problem: {
            /** @description With `limit_reached`: how many there are. */
            current?: number | null;
            /** @description A sentence on this occurrence. */
            detail: string;
            /** @description The stable machine word to decide by. */
            error: components["schemas"]["ProblemCode"];
            /** @description The fields at fault. */
            errors?: components["schemas"]["FieldFault"][];
            /** @description With `limit_reached`: how many there may be. */
            limit?: number | null;
            /** @description A sentence for a person: what happened and what to do. The same as `detail`. */
            message: string;
            /** @description With `plan_required` and `limit_reached`: the organization's plan. */
            plan?: components["schemas"]["Plan"];
            /** @description With `unauthorized` and `forbidden`: what exactly is wrong with the credential, where that is known. */
            reason?: components["schemas"]["Reason"];
            /** @description Names this request in our logs; also in the header `X-Request-Id`. */
            requestId?: components["schemas"]["RequestId"];
            /** @description The HTTP status. */
            status: number;
            /** @description The kind of problem in words. */
            title: string;
            /**
             * Format: uri-reference
             * @description Names the kind of problem and leads to its documentation.
             */
            type: string;
            /** @description With `plan_required` and `limit_reached`: the smallest plan that allows it; null if none does. */
            upgradeTo?: components["schemas"]["Plan"] | null;
            /** @description With `rate_limited`: the policies whose quota is exceeded. */
            "violated-policies"?: string[];
        };
        /** @description Why a request was refused: the stable machine word of the answer. */
        ProblemCode: "bad_request" | "unauthorized" | "plan_required" | "limit_reached" | "forbidden" | "address_not_allowed" | "not_found" | "method_not_allowed" | "conflict" | "idempotency_in_progress" | "idempotency_key_reused" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "internal" | "unavailable" | "upstream_unavailable" | "misconfigured";
        /** @description What the deployment calls a provider. */
        ProviderId: string;
        /** @description All providers. */
        Providers: {
            /** @description In the order of their buttons. */
            providers: components["schemas"]["SignInProvider"][];
        };
        /** @description What a record is for. */
        Purpose: "delegation" | "traffic" | "ownership";
        /** @description Whether domains can still be added. */
        QuotaStatus: "ok" | "nearly_full" | "full" | "unknown";
        /** @description Why a credential was not taken, or does not reach that far: what `error` does not tell apart. */
        Reason: "missing" | "malformed" | "unknown" | "expired" | "revoked" | "scope" | "tags" | "role" | "person";
        /** @description The type of a record. */
        RecordType: "CNAME" | "TXT";
        /** @description How many deliveries a replay made, or would make. */
        ReplayAnswer: {
            /** @description The number; 10,000 at most. */
            count: number;
        };
        /** @description Which events to send to an endpoint again. */
        ReplayEvents: {
            /**
             * @description Only counts.
             * @default false
             */
            dryRun: boolean;
            /**
             * Format: date-time
             * @description From when on, with any offset; 30 days back at most.
             */
            since: string;
            /** @description `failed`: deliveries that were given up; `missing`: events that were selected and have no delivery. */
            what: "failed" | "missing";
        };
        /** @description A request. */
        RequestId: string;
        /** @description Which tokens to revoke: one of the two. */
        RevokeTokens: {
            /**
             * @description `true`: all of the organization.
             * @default false
             */
            all: boolean;
            /** @description Those that go back to this person, member or not. */
            person?: components["schemas"]["UserId"] | null;
        };
        /** @description How many tokens were revoked. */
        RevokedTokens: {
            /** @description Their number. */
            revoked: number;
        };
        /** @description A member's role, from the most rights to the fewest: the order of the table is the rank. */
        Role: "owner" | "admin" | "member";
        /** @description How to change the secret. */
        RotateSecret: {
            /**
             * @description Cuts short a change that is under way.
             * @default false
             */
            force: boolean;
            /** @description For how many hours both secrets sign: 24 if it is left out; 0 drops the old one at once. */
            overlapHours?: number | null;
        };
        /** @description How to rotate a token. */
        RotateToken: {
            /** @description For how long the old token stays in force, but never past its own end: a day if it is left out; 0 ends it at once. */
            gracePeriodSeconds?: number | null;
        };
        /** @description How often a route was asked. */
        RouteUsage: {
            /** @description How many of them were refused or failed. */
            errors: number;
            /** @description How many requests that were. */
            requests: number;
            /** @description The route: an `operationId` of this document. */
            route: string;
        };
        /** @description The state of the scheduler. */
        SchedulerHealth: {
            /** @description When it last ran. It runs every minute. */
            lastRunAt: components["schemas"]["Moment"] | null;
        };
        /** @description One right of a token: `resource:action`. */
        Scope: "domains:read" | "domains:write" | "webhooks:read" | "webhooks:write" | "tokens:read" | "tokens:write" | "events:read" | "jobs:read" | "jobs:write" | "connections:read" | "connections:write" | "audit:read" | "admin";
        /** @description What DNS said of one record. */
        Seen: "right" | "wrong" | "missing" | "unknown";
        /** @description An address that a token was used from. */
        SeenAddress: {
            /** @description The address, IPv4 or IPv6. */
            address: string;
            /** @description When it was last seen, to the hour. */
            lastSeenAt: components["schemas"]["Moment"];
        };
        /** @description Who is signed in, and where they belong. */
        Session: {
            /** @description Their organizations, the oldest membership first; 100 at most. */
            organizations: components["schemas"]["Membership"][];
            /** @description The person. */
            user: components["schemas"]["Person"];
        };
        /** @description A session. */
        SessionId: string;
        /** @description A place where a person is signed in. */
        SessionMeta: {
            /** @description The network address from which it was started. */
            address: string | null;
            /** @description When it was started. */
            createdAt: components["schemas"]["Moment"];
            /** @description Whether it is the one that asks. */
            current: boolean;
            /** @description When it ends unless it is used. */
            expiresAt: components["schemas"]["Moment"];
            /** @description Its id. */
            id: components["schemas"]["SessionId"];
            /** @description When it was last used, to the minute. */
            lastUsedAt: components["schemas"]["Moment"] | null;
            /** @description What the browser called itself. */
            userAgent: string | null;
        };
        /** @description One page of sessions, newest first. */
        SessionPage: {
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["SessionId"] | null;
            /** @description The sessions. */
            sessions: components["schemas"]["SessionMeta"][];
        };
        /** @description What a mail held: one of the two. */
        SignIn: {
            /** @description The code, in any case, with or without its hyphen. */
            code?: string | null;
            /** @description What stands behind `#token=` in the link. */
            token?: string | null;
        };
        /** @description A sign-in mail is on its way. */
        SignInAsked: {
            /** @description For how long its link and code work. */
            expiresInSeconds: number;
        };
        /** @description A provider by which people can sign in. */
        SignInProvider: {
            /** @description What the deployment calls it. */
            id: components["schemas"]["ProviderId"];
            /** @description Its name for people. */
            name: string;
        };
        /** @description A word of the owner's own. */
        Tag: string;
        /** @description What to try an endpoint out with. */
        TestEvent: {
            /** @description The type of the event, selected or not; `webhook.test` if it is left out. */
            type?: components["schemas"]["EventType"] | null;
        };
        /** @description An API token. */
        TokenId: string;
        /** @description What is kept of an API token: never its text. */
        TokenMeta: {
            /** @description From which blocks of addresses (CIDR) it may be used; empty for any. */
            allowedIps: string[];
            /** @description When it was made. */
            createdAt: components["schemas"]["Moment"];
            /** @description The person or token that made it. */
            createdBy: string | null;
            /** @description The tags that it is limited to: it reaches the domains that have one of them; empty for all. */
            domainTags: components["schemas"]["Tag"][];
            /** @description When it ends; null for never. */
            expiresAt: components["schemas"]["Moment"] | null;
            /** @description Its id. */
            id: components["schemas"]["TokenId"];
            /** @description How its text ends. */
            lastFour: string;
            /** @description When it was last used, to the minute. */
            lastUsedAt: components["schemas"]["Moment"] | null;
            /** @description What it is for, in its maker's words. */
            name: string;
            /** @description The organization it belongs to. */
            orgId: components["schemas"]["OrgId"];
            /** @description The person that it goes back to: who made it, or made the token that made it; null where nobody is known. A token stays in force when they are suspended or leave: it belongs to the organization. */
            person: components["schemas"]["TokenPerson"] | null;
            /** @description How its text begins, to find it again. */
            prefix: string;
            /** @description The token that took its place; null while it is not rotated. */
            replacedBy: components["schemas"]["TokenId"] | null;
            /** @description What it may do. */
            scopes: components["schemas"]["Scope"][];
            /** @description Whether it was neither made nor used in the last 90 days: revoke it if nobody needs it. */
            unused: boolean;
        };
        /** @description The organization of a token. */
        TokenOrganization: {
            /** @description Its id. */
            id: components["schemas"]["OrgId"];
            /** @description Its name. */
            name: string;
            /** @description Its plan. */
            plan: components["schemas"]["Plan"];
        };
        /** @description One page of API tokens, newest first. */
        TokenPage: {
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["TokenId"] | null;
            /** @description The tokens. */
            tokens: components["schemas"]["TokenMeta"][];
        };
        /** @description The person that an API token goes back to. */
        TokenPerson: {
            /** @description Their id. */
            id: components["schemas"]["UserId"];
            /** @description How they stand in the organization now. */
            status: components["schemas"]["TokenPersonStatus"];
        };
        /** @description How somebody stands in an organization that they were once a member of. */
        TokenPersonStatus: "active" | "invited" | "suspended" | "removed";
        /** @description The use of a token. */
        TokenUsage: {
            /** @description From where it was last used, newest first, 20 at most, those that it is not bound to included: what `allowedIps` could hold. */
            addresses: components["schemas"]["SeenAddress"][];
            /** @description The days on which it was used, newest first. */
            usage: components["schemas"]["UsageDay"][];
        };
        /** @description One try of a delivery. */
        Try: {
            /** @description How long it took, in milliseconds. */
            durationMs: number;
            /** @description Why it failed; null if it did not. */
            errorClass: components["schemas"]["ErrorClass"] | null;
            /** @description Its number, from 1. */
            number: number;
            /** @description The headers that were sent; empty where nothing was. Values of the endpoint's own headers are null, and signatures are cut. */
            requestHeaders: Record<string, never>;
            /** @description The first 16 KiB of the receiver's answer. */
            response: string;
            /** @description When it began. */
            startedAt: components["schemas"]["Moment"];
            /** @description The receiver's status; null if it gave none. */
            status: number | null;
        };
        /** @description What to change of a domain. */
        UpdateDomain: {
            /** @description All its tags anew. */
            tags: components["schemas"]["Tag"][];
        };
        /** @description What to change; what is left out stays as it is. */
        UpdateMember: {
            /** @description What they may do. */
            role?: components["schemas"]["Role"] | null;
            /** @description `suspended` shuts them out, `active` lets them in again. */
            status?: components["schemas"]["MemberStatus"] | null;
        };
        /** @description What to change; what is left out stays as it is. */
        UpdateOrganization: {
            /** @description Its colour as `#rrggbb`; null takes it away. Needs a plan with white label. */
            brandColor?: string | null;
            /** @description The public https address of its logo; null takes it away. Needs a plan with white label. */
            logoUrl?: string | null;
            /** @description What it is called. */
            name?: string | null;
        };
        /** @description What is asked of an endpoint; with a change, what is left out stays. */
        UpdateWebhook: {
            /** @description The version of the payloads that the receiver is written for. */
            apiVersion?: components["schemas"]["ApiVersion"] | null;
            /** @description What it is for; null clears it. */
            description?: string | null;
            /** @description Only events of these domains, and of those with one of `domainTags`; none for no filter. An event that concerns no domain does not pass a filter. */
            domainIds?: components["schemas"]["DomainId"][] | null;
            /** @description Only events of domains that had one of these tags at that moment, and of those in `domainIds`. */
            domainTags?: components["schemas"]["Tag"][] | null;
            /** @description Whether an Ed25519 key of its own signs too: then `publicKey` verifies what is sent. */
            ed25519?: boolean | null;
            /** @description Whether to send events. */
            enabled?: boolean | null;
            /** @description Which events to send; all if nothing else was ever asked. */
            events?: components["schemas"]["EventPattern"][] | null;
            /** @description Further headers of every request, all of them anew: 10 at most. Their values are never shown again; null in the place of one keeps it. */
            headers?: components["schemas"]["HeaderValues"] | null;
            /** @description How many requests it gets in a minute at most; what comes to more waits. Null for no bound. */
            maxPerMinute?: number | null;
            /** @description In which order deliveries go out. */
            ordering?: components["schemas"]["Ordering"] | null;
            /** @description How much of an event is sent: all of it, or (`thin`) its ids, type, time and number alone. The log and the feed have all of it either way. */
            payload?: components["schemas"]["PayloadForm"] | null;
            /** @description Where to send events: a public `https` address. */
            url?: string | null;
        };
        /** @description The use of a token on one day. */
        UsageDay: {
            /**
             * Format: date
             * @description The day in UTC.
             */
            day: string;
            /** @description How many of them were refused or failed: answered with a status from 400 on. */
            errors: number;
            /** @description How many requests it made. */
            requests: number;
            /** @description The same by route. */
            routes: components["schemas"]["RouteUsage"][];
        };
        /** @description How much an organization holds of what there can be many of. */
        Use: {
            /** @description Its API tokens. */
            apiTokens: number;
            /** @description Its domains. */
            domains: number;
            /** @description Its members, the invited and the suspended included. */
            members: number;
            /** @description Its webhook endpoints. */
            webhookEndpoints: number;
        };
        /** @description A person. */
        UserId: string;
        /** @description An endpoint that events are sent to. */
        Webhook: {
            /** @description The version of the payloads, also in the header `X-DCVaaS-Api-Version`. */
            apiVersion: components["schemas"]["ApiVersion"];
            /** @description When it was made. */
            createdAt: components["schemas"]["Moment"];
            /** @description What it is for, in its owner's words. */
            description: string | null;
            /** @description Since when not; null while it is on. */
            disabledAt: components["schemas"]["Moment"] | null;
            /** @description Why not; null while it is on. */
            disabledReason: components["schemas"]["DisabledReason"] | null;
            /** @description Only events of these domains, and of those with one of `domainTags`. */
            domainIds: components["schemas"]["DomainId"][];
            /** @description Only events of domains that had one of these tags at that moment, and of those in `domainIds`. */
            domainTags: components["schemas"]["Tag"][];
            /** @description Whether events are sent. */
            enabled: boolean;
            /** @description Which events it wants. */
            events: components["schemas"]["EventPattern"][];
            /** @description Since when every try has failed; null when the last one did not. */
            failingSince: components["schemas"]["Moment"] | null;
            /** @description The names of further headers of every request. Their values are never shown. */
            headerNames: string[];
            /** @description Its id. */
            id: components["schemas"]["WebhookId"];
            /** @description When it last took an event. */
            lastDeliveryAt: components["schemas"]["Moment"] | null;
            /** @description How many requests it gets in a minute at most; null for no bound. */
            maxPerMinute: number | null;
            /** @description In which order deliveries go out. */
            ordering: components["schemas"]["Ordering"];
            /** @description The organization it belongs to. */
            orgId: components["schemas"]["OrgId"];
            /** @description How much of an event is sent. */
            payload: components["schemas"]["PayloadForm"];
            /** @description Until when the secret before this one, and the key pair before this one, sign too; null when they do not. */
            previousSecretUntil: components["schemas"]["Moment"] | null;
            /** @description What verifies the signatures `v1a` in `webhook-signature`; null where only the secret signs. */
            publicKey: string | null;
            /** @description The secret of `X-DCVaaS-Signature`: the key is this text itself. Shown once, when the endpoint is made; null where that answer is a repeated one (`Idempotency-Replayed`). */
            secret?: string | null;
            /** @description The same secret for `webhook-signature`, as libraries for Standard Webhooks take it. Shown once, when the endpoint is made; null where that answer is a repeated one. */
            signingSecret?: string | null;
            /** @description When it was last changed. */
            updatedAt: components["schemas"]["Moment"];
            /** @description Where events are sent. */
            url: string;
        };
        /** @description One endpoint. */
        WebhookAnswer: {
            /** @description The endpoint. */
            webhook: components["schemas"]["Webhook"];
        };
        /** @description A webhook endpoint. */
        WebhookId: string;
        /** @description One page of endpoints, newest first. */
        WebhookPage: {
            /** @description Where the next page begins; null on the last one. */
            nextCursor: components["schemas"]["WebhookId"] | null;
            /** @description The endpoints. */
            webhooks: components["schemas"]["Webhook"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};

export const ActorKind = {
  "user": "A signed-in person.",
  "token": "An API token.",
  "system": "DCVaaS itself."
} as const;

export const ApiVersion = {
  "2026-11-01": "The first one."
} as const;

export const AuditAction = {
  "organization.create": "An organization was made.",
  "organization.update": "An organization's name or brand was changed.",
  "organization.operate": "The operator changed an organization's plan or limits.",
  "member.invite": "Somebody was invited.",
  "member.accept": "Somebody accepted an invitation.",
  "member.update": "A member's role or status was changed.",
  "member.remove": "A member was removed, or left.",
  "session.start": "A person signed in.",
  "session.end": "A person signed out.",
  "session.revoke": "A person ended a session of theirs.",
  "domain.add": "A domain was added.",
  "domain.remove": "A domain was removed.",
  "domain.update": "A domain's tags were changed.",
  "domain.status": "A domain's status changed.",
  "token.create": "An API token was made.",
  "token.rotate": "An API token was replaced by a new one.",
  "token.expire": "An API token came to its end.",
  "token.revoke": "An API token was revoked.",
  "token.leak": "An API token was found in public, and revoked.",
  "webhook.create": "A webhook endpoint was made; its secret was shown.",
  "webhook.update": "A webhook endpoint was changed.",
  "webhook.delete": "A webhook endpoint was deleted.",
  "webhook.disable": "A webhook endpoint was turned off by us: its receiver said so, or failed for days.",
  "webhook.rotate": "A webhook endpoint got a new secret, which was shown.",
  "webhook.end_rotation": "A webhook endpoint's previous secret was dropped before its time.",
  "webhook.test": "A test event was sent to a webhook endpoint.",
  "webhook.replay": "Events were sent again to a webhook endpoint.",
  "delivery.resend": "One delivery was sent again.",
  "feed_consumer.rewind": "A reader of the feed was taken back.",
  "feed_consumer.delete": "A reader of the feed was forgotten."
} as const;

export const DeliveryState = {
  "pending": "To be tried, or tried again.",
  "delivered": "The receiver took it.",
  "failed": "Given up."
} as const;

export const DependencyStatus = {
  "ok": "It answers.",
  "unavailable": "It does not."
} as const;

export const DisabledReason = {
  "owner": "Its owner turned it off.",
  "gone": "Its receiver answered `410 Gone`.",
  "failing": "Every try failed for five days."
} as const;

export const DomainErrorCode = {
  "blocked": "Cloudflare holds the hostname back.",
  "moved": "The hostname does not point here, or no longer.",
  "removed_upstream": "The custom hostname is gone at Cloudflare.",
  "validation_timed_out": "Control of the domain was not proven in time.",
  "issuance_timed_out": "The certificate authority did not issue in time.",
  "deployment_timed_out": "Cloudflare did not deploy the certificate in time.",
  "certificate_removed": "The certificate was taken away.",
  "expired": "The certificate has run out.",
  "refused_upstream": "Cloudflare will not take the hostname.",
  "quota_exceeded": "The zone's quota of custom hostnames is used up."
} as const;

export const DomainStatus = {
  "pending_cname": "Waiting for the owner's DNS.",
  "issuing": "DNS is right; the certificate is under way.",
  "active": "Hostname and certificate are live.",
  "error": "Somebody must act."
} as const;

export const ErrorClass = {
  "timeout": "No answer in time.",
  "connection": "No connection, or a broken one.",
  "dns": "Its host name leads nowhere.",
  "refused": "Nobody listens there.",
  "tls": "It has no certificate that holds, or speaks no TLS that we do.",
  "http_3xx": "A redirect, which is never followed.",
  "http_4xx": "The receiver refused it.",
  "http_5xx": "The receiver failed.",
  "gone": "`410 Gone`: the receiver wants no more.",
  "blocked_url": "The address is not allowed (any more).",
  "blocked_address": "Its host name leads to an address that is not public.",
  "disabled": "The endpoint is turned off.",
  "secret_unreadable": "The endpoint's secret does not open, so nothing can be signed."
} as const;

export const EventType = {
  "domain.added": "A domain was added.",
  "domain.removed": "A domain was removed.",
  "domain.active": "A domain's certificate is live.",
  "domain.error": "Somebody must act for a domain.",
  "domain.expiring_soon": "A certificate ends soon and no newer one is there.",
  "domain.renewed": "A newer certificate took over.",
  "domain.issuing": "DNS is right, and a certificate is under way.",
  "domain.expired": "A domain's certificate ran out without a successor.",
  "domain.lapsed": "A domain's custom hostname was deleted at Cloudflare.",
  "domain.updated": "A domain's tags were changed.",
  "dns.verified": "The owner's records are right.",
  "dns.check_failed": "The owner's records could not be confirmed.",
  "dns.drifted": "A record that was right is gone or wrong.",
  "dns.restored": "A record that was gone or wrong is right again.",
  "certificate.issued": "A certificate is there that was not seen before.",
  "job.failed": "Background work failed and is given up.",
  "job.dlq": "Background work failed too often and was set aside.",
  "token.created": "An API token was made.",
  "token.rotated": "An API token was replaced by a new one.",
  "token.revoked": "An API token was revoked.",
  "token.expiring": "An API token comes to its end soon.",
  "token.expired": "An API token came to its end.",
  "member.invited": "Somebody was invited.",
  "member.joined": "Somebody accepted an invitation.",
  "member.updated": "A member's role was changed, or they were let in again.",
  "member.suspended": "A member was shut out.",
  "member.removed": "A member was removed, or left.",
  "organization.updated": "An organization's name or brand was changed.",
  "organization.plan_changed": "An organization's plan or limits were changed.",
  "webhook.created": "An endpoint was made.",
  "webhook.updated": "An endpoint was changed.",
  "webhook.enabled": "An endpoint was turned on again.",
  "webhook.deleted": "An endpoint was deleted.",
  "webhook.secret_rotated": "An endpoint got a new secret.",
  "webhook.test": "An endpoint is tried out.",
  "webhook.disabled": "An endpoint was turned off.",
  "webhook.failing": "An endpoint fails since a day, or is about to be turned off for it."
} as const;

export const ExpiresSource = {
  "certificate": "From the certificates that Cloudflare shows."
} as const;

export const ExportFormat = {
  "json": "With what is needed to verify it.",
  "csv": "For a spreadsheet."
} as const;

export const KeyType = {
  "ecdsa": "Elliptic curve.",
  "rsa": "RSA.",
  "unknown": "Not told."
} as const;

export const Label = {
  "true_positive": "It is a token of ours.",
  "false_positive": "It is not."
} as const;

export const MailStatus = {
  "ok": "A mail service is configured.",
  "not_configured": "None is: nobody can sign in by mail or be invited."
} as const;

export const MemberStatus = {
  "active": "Belongs to the organization.",
  "invited": "Was asked to, and has not answered.",
  "suspended": "Shut out for now."
} as const;

export const Ordering = {
  "none": "As soon as possible: `seq` tells the order.",
  "fifo": "One after the other: the next goes out when the one before it is delivered or given up."
} as const;

export const PayloadForm = {
  "full": "All that the catalogue describes.",
  "thin": "Ids, type, time and number alone."
} as const;

export const Plan = {
  "free": "To try it out.",
  "pro": "For one product.",
  "agency": "For many clients."
} as const;

export const ProblemCode = {
  "bad_request": "Broken or invalid input.",
  "unauthorized": "No valid credential.",
  "plan_required": "The plan does not include it.",
  "limit_reached": "The plan includes no more of it.",
  "forbidden": "The role or the scope is missing.",
  "address_not_allowed": "The token may not be used from this address.",
  "not_found": "Not there, or not the caller's.",
  "method_not_allowed": "The path knows other methods.",
  "conflict": "It does not fit what is there.",
  "idempotency_in_progress": "The first request with this `Idempotency-Key` is still being carried out.",
  "idempotency_key_reused": "The `Idempotency-Key` came before, with another request.",
  "payload_too_large": "The body is too large.",
  "unsupported_media_type": "The body is no JSON.",
  "rate_limited": "Too many requests.",
  "internal": "A fault of ours.",
  "unavailable": "We cannot answer right now.",
  "upstream_unavailable": "A service that we need does not answer.",
  "misconfigured": "The operator has to complete the configuration."
} as const;

export const Purpose = {
  "delegation": "Hands certificate validation over to us, once and for all.",
  "traffic": "Brings the hostname's traffic to the service.",
  "ownership": "Proves the hostname's ownership before its traffic moves; optional."
} as const;

export const QuotaStatus = {
  "ok": "There is room.",
  "nearly_full": "Most is used.",
  "full": "No domain can be added.",
  "unknown": "Cloudflare was not asked yet."
} as const;

export const Reason = {
  "missing": "None was sent.",
  "malformed": "It is no credential of ours: cut off, mistyped or something else.",
  "unknown": "It has the right form, and nobody has it.",
  "expired": "Its time is over.",
  "revoked": "It was revoked.",
  "scope": "The token lacks a scope.",
  "tags": "The token is limited to domains with other tags.",
  "role": "The person lacks a role.",
  "person": "Only a signed-in person may do this."
} as const;

export const RecordType = {
  "CNAME": "An alias.",
  "TXT": "A text."
} as const;

export const Role = {
  "owner": "Everything, the organization itself included.",
  "admin": "All but what concerns owners and the organization itself.",
  "member": "Domains, and reading the rest."
} as const;

export const Scope = {
  "domains:read": "See domains and their records.",
  "domains:write": "Add, sync and remove domains.",
  "webhooks:read": "See webhook endpoints.",
  "webhooks:write": "Make, change and delete webhook endpoints.",
  "tokens:read": "See API tokens, never their secrets.",
  "tokens:write": "Make and revoke API tokens.",
  "events:read": "Read the feed of events.",
  "jobs:read": "See jobs.",
  "jobs:write": "Start jobs.",
  "connections:read": "See connections to DNS providers.",
  "connections:write": "Make and delete connections to DNS providers.",
  "audit:read": "Read the audit log.",
  "admin": "Everything that a token can do at all."
} as const;

export const Seen = {
  "right": "It stands there as it should.",
  "wrong": "Something else stands there.",
  "missing": "Nothing stands there.",
  "unknown": "Not looked at yet, or DNS gave no clear answer."
} as const;

export const TokenPersonStatus = {
  "active": "A member.",
  "invited": "Invited again, and not back yet.",
  "suspended": "Shut out.",
  "removed": "No member any more."
} as const;
