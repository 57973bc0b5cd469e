// Made by `npm run openapi` from docs/openapi.json. Change the routes, not this file.

export interface paths {
    "/api/projects/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create
         * @description Make a project: a folder with the whole structure, versioned, and its record.
         */
        post: operations["ApiProjectsCreateCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Commit
         * @description Commit the project as it is now: takes that wait for it, the canvas and project.json.
         */
        post: operations["ApiProjectsProjectIdCommitCommit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate
         * @description Make a new take of a node, and first what it needs.
         */
        post: operations["ApiProjectsProjectIdGenerateGenerate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Commits
         * @description The commits of the project's folder in git, or of another branch, newest first.
         *
         *     What happened on the canvas, step by step, is another list: …/graph/history.
         */
        get: operations["ApiProjectsProjectIdHistoryCommits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/structure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Structure
         * @description The tree of the project's folder.
         */
        get: operations["ApiProjectsProjectIdStructureStructure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ReadAudit
         * @description Log-ins, tokens, changes of rights, deletions, newest first.
         */
        get: operations["ApiV1AuditReadAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Login
         * @description Log a browser in: the token goes into a cookie that scripts cannot read.
         */
        post: operations["ApiV1AuthLoginLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * LoginWithPasskey
         * @description Log a browser in by a passkey alone.
         */
        post: operations["ApiV1AuthLoginPasskeyLoginWithPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * AskForPasskey
         * @description Get what `navigator.credentials.get()` takes: good for five minutes, and once.
         */
        post: operations["ApiV1AuthLoginPasskeyOptionsAskForPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Logout
         * @description End this session; its token is worth nothing from now on.
         */
        post: operations["ApiV1AuthLogoutLogout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * WhoAmI
         * @description Who is logged in.
         */
        get: operations["ApiV1AuthMeWhoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * ChangeProfile
         * @description Change your name, or the address that you log in with.
         */
        patch: operations["ApiV1AuthMeChangeProfile"];
        trace?: never;
    };
    "/api/v1/auth/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListPasskeys
         * @description Your passkeys.
         */
        get: operations["ApiV1AuthPasskeysListPasskeys"];
        put?: never;
        /**
         * Add
         * @description Add the passkey that your browser made.
         */
        post: operations["ApiV1AuthPasskeysAdd"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin
         * @description Get what `navigator.credentials.create()` takes: good for five minutes, and once.
         */
        post: operations["ApiV1AuthPasskeysOptionsBegin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/required": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Require
         * @description Let your log-in by password ask for a passkey as well, or not any more.
         */
        put: operations["ApiV1AuthPasskeysRequiredRequire"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/{passkey_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename
         * @description Call one of your passkeys something else.
         */
        patch: operations["ApiV1AuthPasskeysPasskeyIdRename"];
        trace?: never;
    };
    "/api/v1/auth/passkeys/{passkey_id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove
         * @description Take one of your passkeys away.
         */
        post: operations["ApiV1AuthPasskeysPasskeyIdRemoveRemove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ChangePassword
         * @description Give yourself another password; your other log-ins end.
         */
        post: operations["ApiV1AuthPasswordChangePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Make an account: the owner's with the one-time code, others where that is open.
         */
        post: operations["ApiV1AuthRegisterRegister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/registration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Registration
         * @description Whether this studio lets anybody register, for the page that would ask for it.
         */
        get: operations["ApiV1AuthRegistrationRegistration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reset
         * @description Let somebody back in who was locked out; their other log-ins and API tokens end.
         */
        post: operations["ApiV1AuthResetReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See
         * @description Whether your log-in needs a code.
         */
        get: operations["ApiV1AuthSecondFactorSee"];
        put?: never;
        /**
         * Begin
         * @description Get a secret for an authenticator app; it counts once you confirm it.
         */
        post: operations["ApiV1AuthSecondFactorBegin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm
         * @description Turn it on with a first code, and get recovery codes.
         */
        post: operations["ApiV1AuthSecondFactorConfirmConfirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/second-factor/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove
         * @description Turn it off.
         */
        post: operations["ApiV1AuthSecondFactorRemoveRemove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListSessions
         * @description Where you are logged in.
         */
        get: operations["ApiV1AuthSessionsListSessions"];
        put?: never;
        post?: never;
        /**
         * EndOtherSessions
         * @description End all of your log-ins but this one.
         */
        delete: operations["ApiV1AuthSessionsEndOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * EndSession
         * @description End one of your log-ins; its sockets are closed.
         */
        delete: operations["ApiV1AuthSessionsSessionIdEndSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Token
         * @description Exchange an address and a password for a bearer token: as JSON, or as an OAuth 2 form.
         */
        post: operations["ApiV1AuthTokenToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListTokens
         * @description Your API tokens, without themselves.
         */
        get: operations["ApiV1AuthTokensListTokens"];
        put?: never;
        /**
         * CreateToken
         * @description Make an API token: a bearer token for programs. It is shown in this answer alone.
         */
        post: operations["ApiV1AuthTokensCreateToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * RevokeToken
         * @description End one of your API tokens; its sockets are closed.
         */
        delete: operations["ApiV1AuthTokensTokenIdRevokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/converters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Converters
         * @description The conversions that are put in where an edge joins two types.
         */
        get: operations["ApiV1ConvertersConverters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device_id}/rule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Keep
         * @description Keep a card for a project, or for a backend and its models.
         */
        put: operations["ApiV1DevicesDeviceIdRuleKeep"];
        post?: never;
        /**
         * Free
         * @description Let a card take everything again.
         */
        delete: operations["ApiV1DevicesDeviceIdRuleFree"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exporters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exporters
         * @description The formats that the cut can be exported in.
         */
        get: operations["ApiV1ExportersExporters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Whether the studio works: 200 when it does, 503 when a part that it needs is down.
         *
         *     Which part that is, people are told who are logged in; a stranger learns the state alone.
         */
        get: operations["ApiV1HealthHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * OfStudio
         * @description The links into the studio alone that you made.
         */
        get: operations["ApiV1InvitationsOfStudio"];
        put?: never;
        /**
         * InviteToStudio
         * @description Make a link that gives an account, as the studio's owner.
         */
        post: operations["ApiV1InvitationsInviteToStudio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept
         * @description Use a link: as who you are, or with a new account, which logs the browser in.
         */
        post: operations["ApiV1InvitationsAcceptAccept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview
         * @description What a link offers. For everybody who has the code.
         */
        post: operations["ApiV1InvitationsPreviewPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke
         * @description Let a link work no more: one that you made, or one into what is yours to manage.
         */
        delete: operations["ApiV1InvitationsInvitationIdRevoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/node-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * NodeTypes
         * @description Every node type, with the JSON Schema of its form.
         */
        get: operations["ApiV1NodeTypesNodeTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/objects/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow
         * @description The bytes that a signed link is for; `Range` is honoured.
         */
        get: operations["ApiV1ObjectsDigestFollow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListPeople
         * @description Everybody who has an account in this studio.
         */
        get: operations["ApiV1PeopleListPeople"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * ErasePerson
         * @description Erase who somebody is: name, address, log-ins and tokens. What they made stays.
         */
        delete: operations["ApiV1PeopleUserIdErasePerson"];
        options?: never;
        head?: never;
        /**
         * ChangePerson
         * @description Keep somebody out of the studio, or let them in again.
         */
        patch: operations["ApiV1PeopleUserIdChangePerson"];
        trace?: never;
    };
    "/api/v1/plugins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Plugins
         * @description Every installed plugin: what it brought, or why it could not be loaded.
         */
        get: operations["ApiV1PluginsPlugins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description The projects that you belong to, as a dashboard shows them.
         *
         *     `search` looks into title and description. `show` is `active`, `archived`, or `deleted`:
         *     those of yours that can be restored yet. `whose` is `mine`, `shared` (with you), or `all`.
         *     `sort` is `changed`, `opened` (by you) or `created`, newest first, or `title`. With
         *     `origin`, the one that was made from it.
         */
        get: operations["ApiV1ProjectsListAll"];
        put?: never;
        /**
         * Create
         * @description Make a project: a folder with the whole structure, versioned, and its record.
         */
        post: operations["ApiV1ProjectsCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring
         * @description Make a project of yours of an exported one: the body is the zip file.
         *
         *     Whoever made a part of it in the other studio stands there with their name.
         */
        post: operations["ApiV1ProjectsImportBring"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description One project.
         */
        get: operations["ApiV1ProjectsProjectIdRead"];
        put?: never;
        post?: never;
        /**
         * Remove
         * @description Delete a project. Nobody sees it any more; you can restore it for a time.
         */
        delete: operations["ApiV1ProjectsProjectIdRemove"];
        options?: never;
        head?: never;
        /**
         * Change
         * @description Change title, description, quality or format; or whether takes commit by themselves.
         */
        patch: operations["ApiV1ProjectsProjectIdChange"];
        trace?: never;
    };
    "/api/v1/projects/{project_id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Feed
         * @description Who did what in the project, newest first.
         */
        get: operations["ApiV1ProjectsProjectIdActivityFeed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive
         * @description Put a project away: it can be read and taken out, and nothing in it changes.
         */
        post: operations["ApiV1ProjectsProjectIdArchiveArchive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/asset-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Policy
         * @description From which tier on a run needs approved assets.
         */
        get: operations["ApiV1ProjectsProjectIdAssetPolicyPolicy"];
        /**
         * SetPolicy
         * @description Demand approved assets from a tier on, or no longer.
         */
        put: operations["ApiV1ProjectsProjectIdAssetPolicySetPolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/asset-usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description Which shots use which assets, and at which versions; unused assets are left out.
         */
        get: operations["ApiV1ProjectsProjectIdAssetUsageListAll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description The library of a project by name; `search` finds words in names, keywords and texts.
         */
        get: operations["ApiV1ProjectsProjectIdAssetsListAll"];
        put?: never;
        /**
         * Create
         * @description A new asset.
         */
        post: operations["ApiV1ProjectsProjectIdAssetsCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description One asset, at its newest version.
         */
        get: operations["ApiV1ProjectsProjectIdAssetsAssetIdRead"];
        put?: never;
        post?: never;
        /**
         * Remove
         * @description Take an asset out of the library; its versions stay, and so do the nodes that show it.
         */
        delete: operations["ApiV1ProjectsProjectIdAssetsAssetIdRemove"];
        options?: never;
        head?: never;
        /**
         * Change
         * @description Change fields; a new version. `asset.conflict` (409) tells what somebody else changed
         *     meanwhile: nothing is stored then, and both values are in `conflicts`.
         */
        patch: operations["ApiV1ProjectsProjectIdAssetsAssetIdChange"];
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide
         * @description Approve or reject a version, with a comment.
         */
        post: operations["ApiV1ProjectsProjectIdAssetsAssetIdDecisionDecide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Freeze
         * @description Let shots stay with a version: they are wired to a node that keeps it. One step that can
         *     be undone.
         */
        post: operations["ApiV1ProjectsProjectIdAssetsAssetIdFreezeFreeze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore
         * @description Put a removed asset back.
         */
        post: operations["ApiV1ProjectsProjectIdAssetsAssetIdRestoreRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * RollBack
         * @description Bring back an earlier version's content, as a new version.
         */
        post: operations["ApiV1ProjectsProjectIdAssetsAssetIdRollbackRollBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}/unfreeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unfreeze
         * @description Let shots follow the newest version again.
         */
        post: operations["ApiV1ProjectsProjectIdAssetsAssetIdUnfreezeUnfreeze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Usage
         * @description The shots that one asset goes into.
         */
        get: operations["ApiV1ProjectsProjectIdAssetsAssetIdUsageUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/assets/{asset_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Versions
         * @description Its versions, newest first: content, who made each, what was decided about it.
         */
        get: operations["ApiV1ProjectsProjectIdAssetsAssetIdVersionsVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Audit
         * @description Changes of rights and other grave actions, with addresses, for the project's owner.
         */
        get: operations["ApiV1ProjectsProjectIdAuditAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/branches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListBranches
         * @description The branches, each with its newest commit. `main` is the project itself.
         */
        get: operations["ApiV1ProjectsProjectIdBranchesListBranches"];
        put?: never;
        /**
         * CreateBranch
         * @description Make a branch.
         */
        post: operations["ApiV1ProjectsProjectIdBranchesCreateBranch"];
        /**
         * DeleteBranch
         * @description Delete a branch; what was merged of it stays.
         */
        delete: operations["ApiV1ProjectsProjectIdBranchesDeleteBranch"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/commits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Commits
         * @description The commits of the project's folder in git, or of another branch, newest first.
         *
         *     What happened on the canvas, step by step, is another list: …/graph/history.
         */
        get: operations["ApiV1ProjectsProjectIdCommitsCommits"];
        put?: never;
        /**
         * Commit
         * @description Commit the project as it is now: takes that wait for it, the canvas and project.json.
         */
        post: operations["ApiV1ProjectsProjectIdCommitsCommit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/cut": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Cut
         * @description The clips and transitions of the film as it stands, with their active takes.
         */
        get: operations["ApiV1ProjectsProjectIdCutCut"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/cut/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ImportEdit
         * @description Change the film as an edited cut has it, in one step that can be undone. `confirmed` is
         *     the `id` of the preview.
         */
        post: operations["ApiV1ProjectsProjectIdCutEditsImportEdit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/cut/edits/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * PreviewEdit
         * @description What an edited cut would change in the film; nothing is kept.
         */
        post: operations["ApiV1ProjectsProjectIdCutEditsPreviewPreviewEdit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/cut/playlist.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Playlist
         * @description The film as it stands as an HLS playlist, for players: the takes of its shots one after
         *     the other, black where a shot has none, frame n of the cut at n frames' time. Transitions
         *     are cuts in their middle; of sound, what the takes have is heard.
         */
        get: operations["ApiV1ProjectsProjectIdCutPlaylistM3U8Playlist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/cut/playlist.m3u8/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Link
         * @description A link to the playlist that plays without a log-in for so many seconds.
         *
         *     Whoever has it sees the film as it stands, and nothing else of the project, as long as the
         *     person who made it may give out the project's media.
         */
        post: operations["ApiV1ProjectsProjectIdCutPlaylistM3U8LinkLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/cut/{exporter}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export
         * @description The cut as a file: `edl`, `otio`, `storyboard`, or what a plugin adds.
         */
        get: operations["ApiV1ProjectsProjectIdCutExporterExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Duplicate
         * @description Make a project of yours with the same canvas, library, takes and files.
         *
         *     Nothing is generated again: the copy's takes are those of the first. Its people, links,
         *     runs and git history are not copied.
         */
        post: operations["ApiV1ProjectsProjectIdDuplicateDuplicate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/estimates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Estimates
         * @description About what another take of each of these nodes takes: time, time of a card, memory.
         */
        get: operations["ApiV1ProjectsProjectIdEstimatesEstimates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export
         * @description The whole project as a zip file, media included, to be imported elsewhere.
         */
        get: operations["ApiV1ProjectsProjectIdExportExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Failures
         * @description The nodes whose last run failed, why, and what to do.
         */
        get: operations["ApiV1ProjectsProjectIdFailuresFailures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/file-locks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListFileLocks
         * @description The files that somebody works on alone, whose pushes of others are refused.
         */
        get: operations["ApiV1ProjectsProjectIdFileLocksListFileLocks"];
        put?: never;
        /**
         * LockFile
         * @description Take a file of the project's folder for oneself, as `git lfs lock` does.
         */
        post: operations["ApiV1ProjectsProjectIdFileLocksLockFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/file-locks/{lock_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * UnlockFile
         * @description Give a file back. With `force` the owner of the project takes anybody's lock away.
         */
        delete: operations["ApiV1ProjectsProjectIdFileLocksLockIdUnlockFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description What lies in one folder of the project's, folders first: names, kinds, sizes, ids.
         *
         *     `folder` is a `path` that this list gave; without it, the root.
         */
        get: operations["ApiV1ProjectsProjectIdFilesListAll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate
         * @description Make a new take of a node, and first what it needs.
         */
        post: operations["ApiV1ProjectsProjectIdGenerateGenerate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/git": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Describe
         * @description The address for `git clone`. Its password is an API token; any name will do.
         */
        get: operations["ApiV1ProjectsProjectIdGitDescribe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description The whole graph, at its newest stored version.
         */
        get: operations["ApiV1ProjectsProjectIdGraphRead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/attribution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Attribution
         * @description Who wrote each field of a node or an edge last.
         */
        get: operations["ApiV1ProjectsProjectIdGraphAttributionAttribution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diff
         * @description What differs between two versions, field by field.
         */
        get: operations["ApiV1ProjectsProjectIdGraphDiffDiff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Timeline
         * @description Who did what on the canvas, the newest first; git's history is …/commits.
         */
        get: operations["ApiV1ProjectsProjectIdGraphHistoryTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/history/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * VersionRow
         * @description One version with its operations.
         */
        get: operations["ApiV1ProjectsProjectIdGraphHistoryVersionVersionRow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change
         * @description Change the graph: all of the operations, or none and the reason.
         */
        post: operations["ApiV1ProjectsProjectIdGraphOperationsChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Problems
         * @description What keeps nodes from running, node by node, and what to do about each.
         */
        get: operations["ApiV1ProjectsProjectIdGraphProblemsProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/redo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redo
         * @description Do again what one took back last.
         */
        post: operations["ApiV1ProjectsProjectIdGraphRedoRedo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * RollBack
         * @description Bring the canvas, a subflow or a node back to a version, as a step that can be undone.
         */
        post: operations["ApiV1ProjectsProjectIdGraphRollbackRollBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo
         * @description Take back one's own last step.
         */
        post: operations["ApiV1ProjectsProjectIdGraphUndoUndo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Versions
         * @description The versions that have a name, the newest first.
         */
        get: operations["ApiV1ProjectsProjectIdGraphVersionsVersions"];
        put?: never;
        /**
         * NameVersion
         * @description Give a version a name, and keep it for good.
         */
        post: operations["ApiV1ProjectsProjectIdGraphVersionsNameVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/graph/versions/{version_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * DeleteVersion
         * @description Take a name away.
         */
        delete: operations["ApiV1ProjectsProjectIdGraphVersionsVersionIdDeleteVersion"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * OfProject
         * @description The links into the project that still work.
         */
        get: operations["ApiV1ProjectsProjectIdInvitationsOfProject"];
        put?: never;
        /**
         * InviteToProject
         * @description Make a link into the project. Its code is shown in this answer and never again.
         */
        post: operations["ApiV1ProjectsProjectIdInvitationsInviteToProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description The media of a project, newest first, with what is known of their derivatives.
         */
        get: operations["ApiV1ProjectsProjectIdMediaListAll"];
        put?: never;
        /**
         * Upload
         * @description Bring a picture, video or sound: the body is the file, its name in `X-Filename`.
         */
        post: operations["ApiV1ProjectsProjectIdMediaUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description The bytes; `Range` is honoured, so that a player can seek. They never change.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestRead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/details": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Details
         * @description One file of a project: its facts, its derivatives, and why it cannot be shown.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestDetailsDetails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/filmstrip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Filmstrip
         * @description Up to 100 small frames of a video in one WebP, to scrub by; `…/filmstrip/index` says
         *     where each is.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestFilmstripFilmstrip"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/filmstrip/index": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * FilmstripIndex
         * @description Of a filmstrip: the tiles' size in pixels, columns, rows, and the time of each in
         *     seconds.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestFilmstripIndexFilmstripIndex"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make
         * @description A link to a file of the project that is good for so many seconds, without a log-in.
         *
         *     It leads to the S3 server where the studio keeps its bytes there, or to the studio.
         */
        post: operations["ApiV1ProjectsProjectIdMediaDigestLinkMake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/proxy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Proxy
         * @description What every browser plays: H.264 of at most 720 lines with AAC, in MP4 (a sound: AAC in
         *     M4A). It is the original where that is no heavier.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestProxyProxy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/segments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Segment
         * @description A segment of a stream, or the head of its segments, as fragmented MP4 (CMAF) with H.264
         *     and AAC; the playlist of a cut names them. One that is not made within `wait` seconds is
         *     503 with `Retry-After`, after which players ask again.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestSegmentsNameSegment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Thumbnail
         * @description A picture, or a frame of a video, as WebP: 160, 480 or 1280 pixels on its longest side,
         *     and never larger than the original.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestThumbnailThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/media/{digest}/waveform": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Waveform
         * @description Peaks of the sound, each pair of 256 (`fine`) or 4096 samples (`coarse`), in the format
         *     of audiowaveform, version 2, which players draw.
         */
        get: operations["ApiV1ProjectsProjectIdMediaDigestWaveformWaveform"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListMembers
         * @description Everybody who belongs to the project, by themselves or through a team.
         */
        get: operations["ApiV1ProjectsProjectIdMembersListMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * RemoveMember
         * @description Take a member out; with your own id, leave.
         */
        delete: operations["ApiV1ProjectsProjectIdMembersUserIdRemoveMember"];
        options?: never;
        head?: never;
        /**
         * ChangeRole
         * @description Give a member another role.
         */
        patch: operations["ApiV1ProjectsProjectIdMembersUserIdChangeRole"];
        trace?: never;
    };
    "/api/v1/projects/{project_id}/merges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Merge
         * @description Merge a branch into the project; its canvas enters the live one as a single step.
         */
        post: operations["ApiV1ProjectsProjectIdMergesMerge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/merges/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * PreviewMerge
         * @description What a merge of a branch would bring, and which conflicts it has.
         */
        get: operations["ApiV1ProjectsProjectIdMergesPreviewPreviewMerge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/nodes/{node_id}/active-take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose
         * @description Choose the take that a node gives.
         */
        post: operations["ApiV1ProjectsProjectIdNodesNodeIdActiveTakeChoose"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/nodes/{node_id}/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * NewVersion
         * @description Begin a new version of a shot: takes count from 1 again.
         */
        post: operations["ApiV1ProjectsProjectIdNodesNodeIdVersionNewVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description The workflows of a project, newest first.
         */
        get: operations["ApiV1ProjectsProjectIdPipelinesListAll"];
        put?: never;
        /**
         * Keep
         * @description Keep a template in the project's library; `media` goes onto a pipeline's node.
         */
        post: operations["ApiV1ProjectsProjectIdPipelinesKeep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview
         * @description What a workflow's file suggests: parameters, results, models; nothing is kept.
         *
         *     The body is the file itself, its name in `X-Filename`. Without a `format` it is told by the
         *     file.
         */
        post: operations["ApiV1ProjectsProjectIdPipelinesPreviewPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/starters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Starters
         * @description Workflows that come with the plugins, or that the operator offers: keep one to use it.
         */
        get: operations["ApiV1ProjectsProjectIdPipelinesStartersStarters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/{pipeline_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description A template as it is kept: its workflow with the parameters that were confirmed.
         */
        get: operations["ApiV1ProjectsProjectIdPipelinesPipelineIdRead"];
        put?: never;
        post?: never;
        /**
         * Remove
         * @description Take a workflow out of the library; nodes that chose it keep it.
         */
        delete: operations["ApiV1ProjectsProjectIdPipelinesPipelineIdRemove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Preview
         * @description What a run would make and why, in the order of the plan, without beginning it.
         */
        get: operations["ApiV1ProjectsProjectIdPlanPreview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Questions
         * @description What tasks of the project ask people; `…/tasks/{task_id}/answer` takes the answers.
         */
        get: operations["ApiV1ProjectsProjectIdQuestionsQuestions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Queue
         * @description The project's waiting tasks: place in the studio's queue, and why each waits.
         */
        get: operations["ApiV1ProjectsProjectIdQueueQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/queue/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * CancelProject
         * @description Cancel everything that runs or waits in the project.
         */
        post: operations["ApiV1ProjectsProjectIdQueueCancelCancelProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * PauseProject
         * @description Let all that waits in the project wait until it is resumed; what comes later does not.
         */
        put: operations["ApiV1ProjectsProjectIdQueuePausePauseProject"];
        post?: never;
        /**
         * ResumeProject
         * @description Resume all that waits in the project.
         */
        delete: operations["ApiV1ProjectsProjectIdQueuePauseResumeProject"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore
         * @description Bring a project of yours back that you deleted.
         */
        post: operations["ApiV1ProjectsProjectIdRestoreRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description The runs of a project, newest first.
         */
        get: operations["ApiV1ProjectsProjectIdRunsListAll"];
        put?: never;
        /**
         * Start
         * @description Bring nodes up to date: only what is missing or stale is made.
         */
        post: operations["ApiV1ProjectsProjectIdRunsStart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/script": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ReadScript
         * @description The script that was imported last: its paragraphs, and its scenes with their nodes.
         */
        get: operations["ApiV1ProjectsProjectIdScriptReadScript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/script/doubts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * SettleDoubt
         * @description Settle a line that could be a cue or action; the canvas follows, in one step that can be
         *     undone, and later imports remember it.
         */
        post: operations["ApiV1ProjectsProjectIdScriptDoubtsSettleDoubt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/scripts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ImportScript
         * @description Import a script, or import it again: only what changed in it changes the canvas.
         */
        post: operations["ApiV1ProjectsProjectIdScriptsImportScript"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/scripts/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * PreviewImport
         * @description What importing a script would change in a project; nothing is kept.
         */
        post: operations["ApiV1ProjectsProjectIdScriptsPreviewPreviewImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/socket-ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * IssueTicket
         * @description A ticket for programs that can send neither cookie nor header with a WebSocket.
         */
        post: operations["ApiV1ProjectsProjectIdSocketTicketIssueTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/stale": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stale
         * @description The nodes whose take no longer shows what they mean, and why.
         */
        get: operations["ApiV1ProjectsProjectIdStaleStale"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Storage
         * @description How many bytes the project has, how many it may have, and for its owner those of all
         *     their projects together.
         */
        get: operations["ApiV1ProjectsProjectIdStorageStorage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/structure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Structure
         * @description The tree of the project's folder.
         */
        get: operations["ApiV1ProjectsProjectIdStructureStructure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/take-reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description What was decided about the takes of a project.
         */
        get: operations["ApiV1ProjectsProjectIdTakeReviewsListAll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/takes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description The takes of a project, or of some of its nodes, oldest first.
         */
        get: operations["ApiV1ProjectsProjectIdTakesListAll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListTeams
         * @description The teams that the project is shared with.
         */
        get: operations["ApiV1ProjectsProjectIdTeamsListTeams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/teams/{team_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Share
         * @description Share the project with a team that you are in, or change the team's role.
         */
        put: operations["ApiV1ProjectsProjectIdTeamsTeamIdShare"];
        post?: never;
        /**
         * Unshare
         * @description Share the project with a team no more.
         */
        delete: operations["ApiV1ProjectsProjectIdTeamsTeamIdUnshare"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transfer
         * @description Give the project to another member; you become an editor of it.
         */
        post: operations["ApiV1ProjectsProjectIdTransferTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unarchive
         * @description Take a project out of the archive.
         */
        post: operations["ApiV1ProjectsProjectIdUnarchiveUnarchive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListOpen
         * @description Your uploads that are under way in this project, oldest first.
         */
        get: operations["ApiV1ProjectsProjectIdUploadsListOpen"];
        put?: never;
        /**
         * Create
         * @description Begin an upload: `Upload-Length` in bytes, and `Upload-Metadata` with a `filename`.
         */
        post: operations["ApiV1ProjectsProjectIdUploadsCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description How far an upload is, and what became of it: its media, or why it was refused.
         */
        get: operations["ApiV1ProjectsProjectIdUploadsUploadIdRead"];
        put?: never;
        /**
         * Override
         * @description PATCH or DELETE by `X-HTTP-Method-Override`, for networks that let neither pass.
         */
        post: operations["ApiV1ProjectsProjectIdUploadsUploadIdOverride"];
        /**
         * Terminate
         * @description End an upload; what came of it is removed.
         */
        delete: operations["ApiV1ProjectsProjectIdUploadsUploadIdTerminate"];
        options?: never;
        /**
         * Offset
         * @description How many bytes are here: `Upload-Offset`.
         */
        head: operations["ApiV1ProjectsProjectIdUploadsUploadIdOffset"];
        /**
         * Append
         * @description Send bytes from `Upload-Offset` on; the last of them make the file media of the project.
         *
         *     `Upload-Checksum` makes a part count whole or not at all.
         */
        patch: operations["ApiV1ProjectsProjectIdUploadsUploadIdAppend"];
        trace?: never;
    };
    "/api/v1/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Studio
         * @description All tasks of the studio that run or wait, with where, why and about how long.
         */
        get: operations["ApiV1QueueStudio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * CancelStudio
         * @description Cancel everything that runs or waits in the whole studio.
         */
        post: operations["ApiV1QueueCancelCancelStudio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Load
         * @description How much waits for workers, by quality and by kind of device.
         */
        get: operations["ApiV1QueueLoadLoad"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * PauseStudio
         * @description Begin nothing more in the whole studio; what runs goes on.
         */
        put: operations["ApiV1QueuePausePauseStudio"];
        post?: never;
        /**
         * ResumeStudio
         * @description Let the studio's queue go on.
         */
        delete: operations["ApiV1QueuePauseResumeStudio"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description A run with its tasks and their progress.
         */
        get: operations["ApiV1RunsRunIdRead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel
         * @description Cancel what of a run has not ended.
         */
        post: operations["ApiV1RunsRunIdCancelCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * PauseRun
         * @description Let what waits of a run wait until it is resumed; what runs goes on.
         */
        put: operations["ApiV1RunsRunIdPausePauseRun"];
        post?: never;
        /**
         * ResumeRun
         * @description Resume a run.
         */
        delete: operations["ApiV1RunsRunIdPauseResumeRun"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scripts/breakdown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Breakdown
         * @description What the rules find in a script, with the title that a project of it is proposed;
         *     nothing is kept.
         */
        post: operations["ApiV1ScriptsBreakdownBreakdown"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/socket-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * SocketTypes
         * @description Every socket type; what converts into what is at /converters.
         */
        get: operations["ApiV1SocketTypesSocketTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * OwnStorage
         * @description How many bytes all projects that you own have together, and how many they may have.
         */
        get: operations["ApiV1StorageOwnStorage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/collect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Collect
         * @description Remove stored bytes that nothing has named for `DIRECTOR_UNUSED_DAYS`, or (`dry_run`)
         *     count them. The projects' repositories are packed and pruned before. The studio does all of
         *     it by itself once a day.
         */
        post: operations["ApiV1StorageCollectCollect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{project_id}/cut/playlist.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * PlaylistOfLink
         * @description The playlist for whoever has the link; the addresses in it are signed as it is.
         */
        get: operations["ApiV1StreamsProjectIdCutPlaylistM3U8PlaylistOfLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{project_id}/media/{digest}/segments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * SegmentOfLink
         * @description The same for whoever has the link to the playlist, which signs this address too.
         */
        get: operations["ApiV1StreamsProjectIdMediaDigestSegmentsNameSegmentOfLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/takes/{take_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description One take: what it was made from, by what, and its files.
         */
        get: operations["ApiV1TakesTakeIdRead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/takes/{take_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Content
         * @description The bytes of a take; `output` names one of its results, else it is the first.
         */
        get: operations["ApiV1TakesTakeIdContentContent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/takes/{take_id}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description What was decided about a take; `pending` when nothing was.
         */
        get: operations["ApiV1TakesTakeIdReviewRead"];
        put?: never;
        /**
         * Decide
         * @description Approve or reject a take, with a comment.
         */
        post: operations["ApiV1TakesTakeIdReviewDecide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/takes/{take_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Thumbnail
         * @description Where the picture of what the take shows is: the thumbnail of its media.
         */
        get: operations["ApiV1TakesTakeIdThumbnailThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer
         * @description Answer what a task asks (`question` of the task); it goes on where it stopped.
         */
        post: operations["ApiV1TasksTaskIdAnswerAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * CancelTask
         * @description Cancel one task.
         */
        post: operations["ApiV1TasksTaskIdCancelCancelTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * PauseTask
         * @description Let a waiting task wait until it is resumed.
         */
        put: operations["ApiV1TasksTaskIdPausePauseTask"];
        post?: never;
        /**
         * ResumeTask
         * @description Resume a task.
         */
        delete: operations["ApiV1TasksTaskIdPauseResumeTask"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * TaskPreview
         * @description The newest picture of a running task; `number` only makes the address of each its own.
         */
        get: operations["ApiV1TasksTaskIdPreviewTaskPreview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/priority": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Prioritise
         * @description Let a waiting task be begun before others of the studio, with what it needs, or after.
         */
        put: operations["ApiV1TasksTaskIdPriorityPrioritise"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry
         * @description Try a task again that failed or was cancelled, and those that failed because of it.
         */
        post: operations["ApiV1TasksTaskIdRetryRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListAll
         * @description The teams that you are in.
         */
        get: operations["ApiV1TeamsListAll"];
        put?: never;
        /**
         * Create
         * @description Make a team, which you lead.
         */
        post: operations["ApiV1TeamsCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove
         * @description Dissolve a team that you lead: its people lose what they had through it.
         */
        delete: operations["ApiV1TeamsTeamIdRemove"];
        options?: never;
        head?: never;
        /**
         * Rename
         * @description Give a team that you lead another name.
         */
        patch: operations["ApiV1TeamsTeamIdRename"];
        trace?: never;
    };
    "/api/v1/teams/{team_id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * OfTeam
         * @description The links into a team that you lead.
         */
        get: operations["ApiV1TeamsTeamIdInvitationsOfTeam"];
        put?: never;
        /**
         * InviteToTeam
         * @description Make a link into a team that you lead.
         */
        post: operations["ApiV1TeamsTeamIdInvitationsInviteToTeam"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Members
         * @description The people of a team that you are in.
         */
        get: operations["ApiV1TeamsTeamIdMembersMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * RemoveMember
         * @description Take somebody out of a team that you lead, or leave it.
         */
        delete: operations["ApiV1TeamsTeamIdMembersUserIdRemoveMember"];
        options?: never;
        head?: never;
        /**
         * SetLead
         * @description Let somebody lead the team, or not any more.
         */
        patch: operations["ApiV1TeamsTeamIdMembersUserIdSetLead"];
        trace?: never;
    };
    "/api/v1/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Workers
         * @description The workers that are there, and what each is busy with and kept for.
         */
        get: operations["ApiV1WorkersWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workers/{worker_id}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Drain
         * @description Give a worker no further task; what it runs is finished.
         */
        put: operations["ApiV1WorkersWorkerIdDrainDrain"];
        post?: never;
        /**
         * Undrain
         * @description Give a worker tasks again.
         */
        delete: operations["ApiV1WorkersWorkerIdDrainUndrain"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Token
         * @description Exchange an address and a password for a bearer token: as JSON, or as an OAuth 2 form.
         */
        post: operations["AuthTokenToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description The measures, for who has the token `DIRECTOR_METRICS_TOKEN`, and for the studio's owner.
         */
        get: operations["MetricsMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Acceptance */
        Acceptance: {
            code: string;
            account?: components["schemas"]["NewAccount"] | null;
        };
        /** Accepted */
        Accepted: {
            version: number;
            touched: string[];
            conflicts?: components["schemas"]["Conflict"][];
            /** @default false */
            repeated?: boolean;
        };
        /** Activity */
        Activity: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            /** Format: uuid */
            user_id: string;
            name: string;
            kind: string;
            detail: {
                [key: string]: unknown;
            };
        };
        /** AddEdge */
        AddEdge: {
            id: string;
            source: string;
            source_socket: string;
            target: string;
            target_socket: string;
            /** @default a0 */
            order?: string;
            /** @default 1 */
            strength?: number;
            /** @default  */
            label?: string;
            /** @default false */
            replace?: boolean;
            /** @constant */
            op: "edge.add";
        };
        /** AddNode */
        AddNode: {
            id: string;
            type: string;
            parent?: string | null;
            /** @default a0 */
            order?: string;
            /**
             * @default [
             *       0,
             *       0
             *     ]
             */
            pos?: [
                number,
                number
            ];
            size?: [
                number,
                number
            ] | null;
            data?: {
                [key: string]: unknown;
            };
            text?: {
                [key: string]: string;
            };
            /** @default false */
            locked?: boolean;
            type_version?: string | null;
            /** @constant */
            op: "node.add";
        };
        /** Answer */
        Answer: {
            answer: unknown;
        };
        /** ApiToken */
        ApiToken: {
            /** Format: uuid */
            id: string;
            name: string;
            scopes: components["schemas"]["Scope"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            seen_at: string | null;
            address: string;
        };
        /** Approval */
        Approval: {
            /**
             * @default pending
             * @enum {string}
             */
            state?: "pending" | "approved" | "rejected";
            by?: string | null;
            at?: string | null;
            /** @default  */
            comment?: string;
        };
        /** Assertion */
        Assertion: {
            credential_id: string;
            client_data: string;
            authenticator_data: string;
            signature: string;
            user_handle: string;
        };
        /** Asset */
        Asset: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            project_id: string;
            /** @enum {string} */
            kind: "character" | "style" | "environment" | "prop";
            name: string;
            version: number;
            content: {
                [key: string]: unknown;
            };
            approval: components["schemas"]["Approval"];
            /** Format: uuid */
            created_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            changed_by: string;
            /** Format: date-time */
            changed_at: string;
            removed_at?: string | null;
        };
        /** AssetChange */
        AssetChange: {
            base_version: number;
            content: {
                [key: string]: unknown;
            };
            /** @default  */
            note?: string;
        };
        /** AssetPolicy */
        AssetPolicy: {
            /** @enum {null|string} */
            approval_from?: "low" | "standard" | "high" | null;
        };
        /** AssetUsage */
        AssetUsage: {
            /** Format: uuid */
            asset_id: string;
            shots: number;
            uses: components["schemas"]["AssetUse"][];
            nodes: string[];
        };
        /** AssetUse */
        AssetUse: {
            node_id: string;
            label: string;
            node_type: string;
            version: number;
            frozen: boolean;
        };
        /** AssetVersion */
        AssetVersion: {
            version: number;
            content: {
                [key: string]: unknown;
            };
            changed: string[];
            note: string;
            restored_from: number | null;
            /** Format: uuid */
            made_by: string;
            /** Format: date-time */
            made_at: string;
            approval: components["schemas"]["Approval"];
            /** @default  */
            author_name?: string;
        };
        /** Attribution */
        Attribution: {
            path: string;
            user_id: string;
            name: string;
            version: number;
            time: string | null;
        };
        /** AuditEntry */
        AuditEntry: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            kind: string;
            user_id: string | null;
            name: string | null;
            project_id: string | null;
            detail: {
                [key: string]: unknown;
            };
            address: string;
        };
        /** Author */
        Author: {
            name: string;
            email: string;
        };
        /** Branch */
        Branch: {
            name: string;
            commit: components["schemas"]["Commit"];
            main: boolean;
        };
        /** Breakdown */
        Breakdown: {
            title: string;
            /** @enum {string} */
            format: "fountain" | "fdx" | "plain";
            scenes: components["schemas"]["Scene"][];
            characters: components["schemas"]["Character"][];
            locations: components["schemas"]["Location"][];
            pages: number;
            seconds: number;
            /** @default en */
            language?: string;
            problems?: components["schemas"]["script_model_Problem"][];
        };
        /** CardPerson */
        CardPerson: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** Change */
        Change: {
            ops: (components["schemas"]["AddNode"] | components["schemas"]["RemoveNodes"] | components["schemas"]["SetNode"] | components["schemas"]["MoveNode"] | components["schemas"]["AddEdge"] | components["schemas"]["SetEdge"] | components["schemas"]["RemoveEdges"] | components["schemas"]["EditText"] | components["schemas"]["SetGraph"])[];
            base_version?: number | null;
            /** @default  */
            client_id?: string;
            /** @default 0 */
            seq?: number;
            /** @default  */
            label?: string;
        };
        /** Character */
        Character: {
            name: string;
            aliases?: string[];
            /** @default 0 */
            speeches?: number;
            /** @default 0 */
            words?: number;
            /** @default 0 */
            scenes?: number;
            /**
             * @default minor
             * @enum {string}
             */
            importance?: "lead" | "supporting" | "minor";
            /** @default  */
            age?: string;
            /** @default  */
            description?: string;
            /** @default 0 */
            line?: number;
        };
        /** ChosenTake */
        ChosenTake: {
            take_id: string;
        };
        /** Clip */
        Clip: {
            shot: string;
            scene: string;
            code: string;
            name: string;
            frames: number;
            start: number;
            end: number;
            take?: string | null;
            media?: string | null;
            /** @default mp4 */
            extension?: string;
            /** @default false */
            sound?: boolean;
            recipe?: string | null;
            /** @default  */
            heading?: string;
            /** @default [] */
            notes?: string[];
        };
        /** Code */
        Code: {
            code: string;
        };
        /** Collected */
        Collected: {
            /** @default 0 */
            files?: number;
            /** @default 0 */
            bytes?: number;
            /** @default 0 */
            named?: number;
            /** @default 0 */
            young?: number;
            /** @default 0 */
            repository_bytes?: number;
            /** @default false */
            dry_run?: boolean;
        };
        /** Commit */
        Commit: {
            id: string;
            author: components["schemas"]["Author"];
            /** Format: date-time */
            at: string;
            message: string;
            /** @default [] */
            files?: string[];
        };
        /** CommitMessage */
        CommitMessage: {
            message: string;
        };
        /** Committed */
        Committed: {
            commit: components["schemas"]["Commit"] | null;
            sentence: string;
        };
        /** Conflict */
        Conflict: {
            id: string;
            path: string;
            user: string;
            version: number;
            value: unknown;
        };
        /** ConverterView */
        ConverterView: {
            source: string;
            target: string;
            lossy: boolean;
        };
        /** Credentials */
        Credentials: {
            email: string;
            password: string;
            code?: string | null;
        };
        /** CutView */
        CutView: {
            title: string;
            rate: string;
            frames: number;
            start_frame: number;
            start_timecode: string;
            drop_frame: boolean;
            clips: components["schemas"]["Clip"][];
            transitions: components["schemas"]["Transition"][];
            sounds: components["schemas"]["Sound"][];
            notes: string[];
        };
        /** Decision */
        Decision: {
            version: number;
            /** @enum {string} */
            state: "pending" | "approved" | "rejected";
            /** @default  */
            comment?: string;
        };
        /** DeviceLoad */
        DeviceLoad: {
            /** @enum {string} */
            device: "cpu" | "gpu";
            waiting: number;
            workers: number;
            busy: number;
        };
        /** Difference */
        Difference: {
            from_version: number;
            to_version: number;
            nodes: components["schemas"]["NodeDifference"][];
            edges: components["schemas"]["EdgeDifference"][];
            settings: components["schemas"]["FieldDifference"][];
        };
        /** DoubtDecision */
        DoubtDecision: {
            digest: string;
            line: number;
            /** @enum {string} */
            taken: "cue" | "action";
        };
        /** Edge */
        Edge: {
            id: string;
            source: string;
            source_socket: string;
            target: string;
            target_socket: string;
            /** @default a0 */
            order?: string;
            /** @default 1 */
            strength?: number;
            /** @default  */
            label?: string;
        };
        /** EdgeDifference */
        EdgeDifference: {
            id: string;
            /** @enum {string} */
            kind: "added" | "removed" | "changed";
            before?: components["schemas"]["Edge"] | null;
            after?: components["schemas"]["Edge"] | null;
            fields?: components["schemas"]["FieldDifference"][];
            /** @default  */
            user_id?: string;
            /** @default 0 */
            version?: number;
        };
        /** EditChange */
        EditChange: {
            /** @enum {string} */
            kind: "moved" | "trimmed" | "slipped" | "retake" | "removed" | "returned" | "transition" | "unknown" | "repeated";
            message: string;
            shot?: string | null;
            /** @default true */
            applies?: boolean;
        };
        /** EditPreview */
        EditPreview: {
            id: string;
            format: string;
            clips: number;
            frames: number;
            frames_before: number;
            changes: components["schemas"]["EditChange"][];
            notes: string[];
        };
        /** EditResult */
        EditResult: {
            version: number;
            changes: components["schemas"]["EditChange"][];
            notes: string[];
        };
        /** EditText */
        EditText: {
            id: string;
            field: string;
            base: number;
            delta: (number | string)[];
            /** @constant */
            op: "text.edit";
        };
        /** Element */
        Element: {
            /** @enum {string} */
            kind: "heading" | "action" | "character" | "parenthetical" | "dialogue" | "lyrics" | "transition" | "centered" | "shot" | "section" | "synopsis" | "note" | "boneyard" | "page_break";
            text: string;
            line: number;
            end_line: number;
            /** @default  */
            number?: string;
            /** @default 0 */
            depth?: number;
            /** @default false */
            dual?: boolean;
            /** @default false */
            omitted?: boolean;
            /** @default  */
            style?: string;
            marks?: components["schemas"]["Marks"] | null;
        };
        /** Ended */
        Ended: {
            ended: number;
        };
        /** Entry */
        Entry: {
            name: string;
            path: string;
            /** @enum {string} */
            type: "folder" | "file";
            size?: number | null;
            modified_at?: string | null;
            children?: components["schemas"]["Entry"][] | null;
            /** @default false */
            truncated?: boolean;
        };
        /** Estimate */
        Estimate: {
            node_id: string;
            node_type: string;
            /** @enum {string} */
            asked_tier: "low" | "standard" | "high";
            /** @enum {string} */
            tier: "low" | "standard" | "high";
            backend: string;
            title: string;
            seconds?: number | null;
            gpu_seconds?: number | null;
            vram_bytes?: number | null;
            ram_bytes?: number | null;
            /** @default 0 */
            measured_runs?: number;
            /** @default  */
            lowered?: string;
            /** @default  */
            passed_over?: string;
            /** @default  */
            cause?: string;
        };
        /** ExporterView */
        ExporterView: {
            name: string;
            title: string;
            extension: string;
        };
        /** Failure */
        Failure: {
            /** Format: uuid */
            task_id: string;
            /** Format: uuid */
            run_id: string;
            node_id: string;
            error: string;
            code: string;
            hint: string;
        };
        /** FieldDifference */
        FieldDifference: {
            path: string;
            before?: unknown;
            after?: unknown;
            delta?: (number | string)[] | null;
            parts?: components["schemas"]["TextPart"][] | null;
            /** @default  */
            user_id?: string;
            /** @default 0 */
            version?: number;
        };
        /** FileLock */
        FileLock: {
            /** Format: uuid */
            id: string;
            path: string;
            /** Format: uuid */
            user_id: string;
            name: string;
            /** Format: date-time */
            locked_at: string;
        };
        /** FilmSettings */
        FilmSettings: {
            /** @default 16:9 */
            aspect_ratio?: string;
            /** @default 1920x1080 */
            resolution?: string;
            /** @default 24 */
            frame_rate?: number | string;
            /** @default false */
            drop_frame?: boolean;
            /** @default [] */
            backends?: string[];
            /**
             * @default wait
             * @enum {string}
             */
            when_unavailable?: "wait" | "lower";
        };
        /** Freeze */
        Freeze: {
            version: number;
            node_ids: string[];
        };
        /** Generate */
        Generate: {
            node_id: string;
            request_id?: string | null;
            params?: {
                [key: string]: unknown;
            };
            /** @default true */
            auto_commit?: boolean;
            /** @enum {null|string} */
            priority?: "low" | "normal" | "high" | null;
        };
        /** HistoryEntry */
        HistoryEntry: {
            from_version: number;
            to_version: number;
            /** Format: uuid */
            user_id: string;
            name: string;
            /** Format: date-time */
            from_time: string;
            /** Format: date-time */
            to_time: string;
            steps: number;
            label: string;
            summary: string;
            /**
             * @default person
             * @enum {string}
             */
            origin?: "person" | "system";
            /** @default false */
            compacted?: boolean;
        };
        /** ImportPreview */
        ImportPreview: {
            breakdown: components["schemas"]["Breakdown"];
            summary: components["schemas"]["ImportSummary"];
        };
        /** ImportResult */
        ImportResult: {
            version: number;
            format: string;
            title: string;
            scenes: number;
            shots: number;
            summary: components["schemas"]["ImportSummary"];
            assembly: string | null;
        };
        /** ImportSummary */
        ImportSummary: {
            added?: string[];
            changed?: string[];
            retained?: string[];
            removed?: string[];
            conflicts?: string[];
        };
        /** Invitation */
        Invitation: {
            /** Format: uuid */
            id: string;
            project_id: string | null;
            team_id: string | null;
            /** @enum {null|string} */
            role: "editor" | "reviewer" | "viewer" | null;
            note: string;
            /** Format: uuid */
            created_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            most_uses: number | null;
            uses: number;
        };
        /** InvitationCode */
        InvitationCode: {
            code: string;
        };
        /** Join */
        Join: {
            /** @enum {string} */
            kind: "cut" | "fade" | "dissolve" | "wipe" | "push";
            seconds: number;
            text: string;
            /**
             * @default left
             * @enum {string}
             */
            direction?: "left" | "right" | "up" | "down";
            /** @default -1 */
            after?: number;
            /** @default 0 */
            line?: number;
            /** @default false */
            opens?: boolean;
        };
        /** Joined */
        Joined: {
            /** @enum {string} */
            kind: "project" | "team" | "studio";
            project_id: string | null;
            team_id: string | null;
            /** @enum {null|string} */
            role: "editor" | "reviewer" | "viewer" | null;
            changed: boolean;
        };
        /** KeptFor */
        KeptFor: {
            project_id?: string | null;
            backend?: string | null;
        };
        /** LastActivity */
        LastActivity: {
            /** Format: date-time */
            at: string;
            /** Format: uuid */
            user_id: string;
            name: string;
            kind: string;
        };
        /** Link */
        Link: {
            url: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** LinkTerms */
        LinkTerms: {
            /** @default 168 */
            hours?: number;
            /** @default 1 */
            most_uses?: number | null;
            /** @default  */
            note?: string;
        };
        /** Load */
        Load: {
            tiers: components["schemas"]["TierLoad"][];
            devices: components["schemas"]["DeviceLoad"][];
        };
        /** Location */
        Location: {
            name: string;
            /** @default  */
            place?: string;
            /**
             * @default
             * @enum {string}
             */
            setting?: "interior" | "exterior" | "mixed" | "";
            /** @default  */
            time_of_day?: string;
            /** @default  */
            weather?: string;
            /** @default 0 */
            scenes?: number;
            /** @default  */
            description?: string;
        };
        /** LogIn */
        LogIn: {
            email: string;
            password: string;
            code?: string | null;
            passkey?: components["schemas"]["Assertion"] | null;
        };
        /** MadeApiToken */
        MadeApiToken: {
            token: components["schemas"]["ApiToken"];
            secret: string;
        };
        /** MadeLink */
        MadeLink: {
            invitation: components["schemas"]["Invitation"];
            code: string;
            url: string;
        };
        /** Marks */
        Marks: {
            /** @default  */
            color?: string;
            /** @default [] */
            revisions?: string[];
            /** @default [] */
            tags?: string[];
        };
        /** Me */
        Me: {
            /** Format: uuid */
            id: string;
            name: string;
            email: string;
            is_owner: boolean;
        };
        /** Media */
        Media: {
            digest: string;
            size: number;
            media_type: string;
            /** @default  */
            name?: string;
            facts?: {
                [key: string]: unknown;
            };
        };
        /** MediaDetails */
        MediaDetails: {
            media: components["schemas"]["Media"];
            /** Format: date-time */
            added_at: string;
            derivatives: {
                [key: string]: ("queued" | "running" | "ready" | "failed") | string;
            };
            unplayable?: string | null;
        };
        /** Member */
        Member: {
            /** Format: uuid */
            user_id: string;
            name: string;
            email: string | null;
            /** @enum {string} */
            role: "owner" | "editor" | "reviewer" | "viewer";
            /** @enum {null|string} */
            own_role: "owner" | "editor" | "reviewer" | "viewer" | null;
            teams: string[];
            /** Format: date-time */
            joined_at: string;
        };
        /** MergeConflict */
        MergeConflict: {
            key: string;
            id: string;
            path: string;
            name: string;
            reason: string;
            sentence: string;
            base?: unknown;
            ours?: unknown;
            theirs?: unknown;
        };
        /** MergePreview */
        MergePreview: {
            branch: string;
            commits: number;
            files: string[];
            conflicts: components["schemas"]["MergeConflict"][];
        };
        /** MergeRequest */
        MergeRequest: {
            branch: string;
            /** @default  */
            message?: string;
            choices?: {
                [key: string]: "ours" | "theirs";
            };
        };
        /** MergeResult */
        MergeResult: {
            commit: components["schemas"]["Commit"] | null;
            version: number | null;
            sentence: string;
        };
        /** MoveNode */
        MoveNode: {
            id: string;
            parent: string | null;
            order: string;
            /** @constant */
            op: "node.move";
        };
        /** NamedDifference */
        NamedDifference: {
            difference: components["schemas"]["Difference"];
            people: components["schemas"]["collaboration_comparison_Person"][];
        };
        /** NamedVersion */
        NamedVersion: {
            /** Format: uuid */
            id: string;
            version: number;
            name: string;
            /** Format: uuid */
            user_id: string;
            /** Format: date-time */
            created_at: string;
        };
        /** NewAccount */
        NewAccount: {
            email: string;
            password: string;
            name: string;
        };
        /** NewApiToken */
        NewApiToken: {
            name: string;
            scopes: components["schemas"]["Scope"][];
            /** @default 90 */
            days?: number;
        };
        /** NewAsset */
        NewAsset: {
            /** @enum {string} */
            kind: "character" | "style" | "environment" | "prop";
            content: {
                [key: string]: unknown;
            };
            /** @default  */
            note?: string;
        };
        /** NewBranch */
        NewBranch: {
            name: string;
            start?: string | null;
        };
        /** NewCopy */
        NewCopy: {
            /** @default  */
            title?: string;
        };
        /** NewCredential */
        NewCredential: {
            credential_id: string;
            client_data: string;
            attestation_object: string;
            transports?: string[];
        };
        /** NewFileLock */
        NewFileLock: {
            path: string;
        };
        /** NewOwner */
        NewOwner: {
            user_id: string;
        };
        /** NewPasskey */
        NewPasskey: {
            name: string;
            credential: components["schemas"]["NewCredential"];
        };
        /** NewPipeline */
        NewPipeline: {
            template: {
                [key: string]: unknown;
            };
            /** @default comfyui */
            format?: string;
        };
        /** NewPriority */
        NewPriority: {
            /** @enum {string} */
            priority: "low" | "normal" | "high";
        };
        /** NewProject */
        NewProject: {
            title: string;
            /** @default  */
            description?: string;
            /**
             * @default standard
             * @enum {string}
             */
            quality?: "low" | "standard" | "high";
            settings?: components["schemas"]["NewSettings"] | null;
            origin?: string | null;
        };
        /** NewRun */
        NewRun: {
            targets: string[];
            request_id?: string | null;
            /** @default true */
            auto_commit?: boolean;
            /** @enum {null|string} */
            priority?: "low" | "normal" | "high" | null;
        };
        /** NewSettings */
        NewSettings: {
            /** @default 16:9 */
            aspect_ratio?: string;
            /** @default 1920x1080 */
            resolution?: string;
            /** @default 24 */
            frame_rate?: number | string;
            /** @default false */
            drop_frame?: boolean;
            /** @default [] */
            backends?: string[];
            /**
             * @default wait
             * @enum {string}
             */
            when_unavailable?: "wait" | "lower";
        };
        /** NewVersion */
        NewVersion: {
            name: string;
            version?: number | null;
        };
        /** Node */
        Node: {
            id: string;
            type: string;
            parent?: string | null;
            /** @default a0 */
            order?: string;
            /**
             * @default [
             *       0,
             *       0
             *     ]
             */
            pos?: [
                number,
                number
            ];
            size?: [
                number,
                number
            ] | null;
            data?: {
                [key: string]: unknown;
            };
            text?: {
                [key: string]: string;
            };
            /** @default false */
            locked?: boolean;
            /** @default 1.0.0 */
            type_version?: string;
        };
        /** NodeDifference */
        NodeDifference: {
            id: string;
            /** @enum {string} */
            kind: "added" | "removed" | "changed";
            name: string;
            type: string;
            /** @default false */
            moved?: boolean;
            before?: components["schemas"]["Node"] | null;
            after?: components["schemas"]["Node"] | null;
            fields?: components["schemas"]["FieldDifference"][];
            /** @default  */
            user_id?: string;
            /** @default 0 */
            version?: number;
        };
        /** NodeTypeView */
        NodeTypeView: {
            id: string;
            title: string;
            category: string;
            kind: string;
            version: string;
            description: string;
            inputs: components["schemas"]["Socket"][];
            outputs: components["schemas"]["Socket"][];
            params: {
                [key: string]: unknown;
            };
            color: string;
            icon: string;
            width: number;
            unavailable: string | null;
            backends: string[];
        };
        /** Offer */
        Offer: {
            /** @enum {string} */
            kind: "project" | "team" | "studio";
            title: string;
            /** @enum {null|string} */
            role: "editor" | "reviewer" | "viewer" | null;
            invited_by: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** OfferedBackend */
        OfferedBackend: {
            version: string;
            servers?: {
                [key: string]: number;
            };
        };
        /** Page[ApiToken] */
        "Page_app.accounts.api_tokens.ApiToken_": {
            items: components["schemas"]["ApiToken"][];
            next_cursor: string | null;
        };
        /** Page[AuditEntry] */
        "Page_app.accounts.audit.AuditEntry_": {
            items: components["schemas"]["AuditEntry"][];
            next_cursor: string | null;
        };
        /** Page[Passkey] */
        "Page_app.accounts.passkeys.Passkey_": {
            items: components["schemas"]["Passkey"][];
            next_cursor: string | null;
        };
        /** Page[SessionInfo] */
        "Page_app.accounts.sessions.SessionInfo_": {
            items: components["schemas"]["SessionInfo"][];
            next_cursor: string | null;
        };
        /** Page[Person] */
        "Page_app.accounts.studio_people.Person_": {
            items: components["schemas"]["accounts_studio_people_Person"][];
            next_cursor: string | null;
        };
        /** Page[TeamMember] */
        "Page_app.accounts.teams.TeamMember_": {
            items: components["schemas"]["TeamMember"][];
            next_cursor: string | null;
        };
        /** Page[Team] */
        "Page_app.accounts.teams.Team_": {
            items: components["schemas"]["Team"][];
            next_cursor: string | null;
        };
        /** Page[ExporterView] */
        "Page_app.assembly.routes.ExporterView_": {
            items: components["schemas"]["ExporterView"][];
            next_cursor: string | null;
        };
        /** Page[AssetVersion] */
        "Page_app.assets.model.AssetVersion_": {
            items: components["schemas"]["AssetVersion"][];
            next_cursor: string | null;
        };
        /** Page[Asset] */
        "Page_app.assets.model.Asset_": {
            items: components["schemas"]["Asset"][];
            next_cursor: string | null;
        };
        /** Page[AssetUsage] */
        "Page_app.collaboration.asset_usage.AssetUsage_": {
            items: components["schemas"]["AssetUsage"][];
            next_cursor: string | null;
        };
        /** Page[Attribution] */
        "Page_app.collaboration.history.Attribution_": {
            items: components["schemas"]["Attribution"][];
            next_cursor: string | null;
        };
        /** Page[HistoryEntry] */
        "Page_app.collaboration.history.HistoryEntry_": {
            items: components["schemas"]["HistoryEntry"][];
            next_cursor: string | null;
        };
        /** Page[NamedVersion] */
        "Page_app.collaboration.versions.NamedVersion_": {
            items: components["schemas"]["NamedVersion"][];
            next_cursor: string | null;
        };
        /** Page[Estimate] */
        "Page_app.execution.estimates.Estimate_": {
            items: components["schemas"]["Estimate"][];
            next_cursor: string | null;
        };
        /** Page[TreeEntry] */
        "Page_app.execution.project_tree.TreeEntry_": {
            items: components["schemas"]["TreeEntry"][];
            next_cursor: string | null;
        };
        /** Page[TakeReview] */
        "Page_app.execution.reviews.TakeReview_": {
            items: components["schemas"]["TakeReview"][];
            next_cursor: string | null;
        };
        /** Page[Run] */
        "Page_app.execution.runs.Run_": {
            items: components["schemas"]["Run"][];
            next_cursor: string | null;
        };
        /** Page[PlannedStep] */
        "Page_app.execution.service.PlannedStep_": {
            items: components["schemas"]["PlannedStep"][];
            next_cursor: string | null;
        };
        /** Page[StaleNode] */
        "Page_app.execution.service.StaleNode_": {
            items: components["schemas"]["StaleNode"][];
            next_cursor: string | null;
        };
        /** Page[Take] */
        "Page_app.execution.takes.Take_": {
            items: components["schemas"]["Take"][];
            next_cursor: string | null;
        };
        /** Page[ConverterView] */
        "Page_app.gateway.studio_status.ConverterView_": {
            items: components["schemas"]["ConverterView"][];
            next_cursor: string | null;
        };
        /** Page[NodeTypeView] */
        "Page_app.gateway.studio_status.NodeTypeView_": {
            items: components["schemas"]["NodeTypeView"][];
            next_cursor: string | null;
        };
        /** Page[Problem] */
        "Page_app.graph.validation.Problem_": {
            items: components["schemas"]["graph_validation_Problem"][];
            next_cursor: string | null;
        };
        /** Page[MediaDetails] */
        "Page_app.media.library.MediaDetails_": {
            items: components["schemas"]["MediaDetails"][];
            next_cursor: string | null;
        };
        /** Page[Upload] */
        "Page_app.media.upload_rows.Upload_": {
            items: components["schemas"]["Upload"][];
            next_cursor: string | null;
        };
        /** Page[PipelineTemplate] */
        "Page_app.pipelines.library.PipelineTemplate_": {
            items: components["schemas"]["PipelineTemplate"][];
            next_cursor: string | null;
        };
        /** Page[Suggestion] */
        "Page_app.pipelines.library.Suggestion_": {
            items: components["schemas"]["Suggestion"][];
            next_cursor: string | null;
        };
        /** Page[PluginReport] */
        "Page_app.platform.plugins.PluginReport_": {
            items: components["schemas"]["PluginReport"][];
            next_cursor: string | null;
        };
        /** Page[Activity] */
        "Page_app.projects.activity.Activity_": {
            items: components["schemas"]["Activity"][];
            next_cursor: string | null;
        };
        /** Page[ProjectCard] */
        "Page_app.projects.dashboard.ProjectCard_": {
            items: components["schemas"]["ProjectCard"][];
            next_cursor: string | null;
        };
        /** Page[Invitation] */
        "Page_app.projects.invitations.Invitation_": {
            items: components["schemas"]["Invitation"][];
            next_cursor: string | null;
        };
        /** Page[Member] */
        "Page_app.projects.members.Member_": {
            items: components["schemas"]["Member"][];
            next_cursor: string | null;
        };
        /** Page[TeamShare] */
        "Page_app.projects.members.TeamShare_": {
            items: components["schemas"]["TeamShare"][];
            next_cursor: string | null;
        };
        /** Page[FileLock] */
        "Page_app.repositories.file_locks.FileLock_": {
            items: components["schemas"]["FileLock"][];
            next_cursor: string | null;
        };
        /** Page[Failure] */
        "Page_app.scheduling.failures.Failure_": {
            items: components["schemas"]["Failure"][];
            next_cursor: string | null;
        };
        /** Page[Question] */
        "Page_app.scheduling.questions.Question_": {
            items: components["schemas"]["Question"][];
            next_cursor: string | null;
        };
        /** Page[QueueEntry] */
        "Page_app.scheduling.queue.QueueEntry_": {
            items: components["schemas"]["QueueEntry"][];
            next_cursor: string | null;
        };
        /** Page[StudioTask] */
        "Page_app.scheduling.studio_queue.StudioTask_": {
            items: components["schemas"]["StudioTask"][];
            next_cursor: string | null;
        };
        /** Page[Worker] */
        "Page_app.scheduling.workers.Worker_": {
            items: components["schemas"]["Worker"][];
            next_cursor: string | null;
        };
        /** Page[SocketType] */
        "Page_node_registry.sockets.SocketType_": {
            items: components["schemas"]["SocketType"][];
            next_cursor: string | null;
        };
        /** Page[Branch] */
        "Page_node_registry.version_control.Branch_": {
            items: components["schemas"]["Branch"][];
            next_cursor: string | null;
        };
        /** Page[Commit] */
        "Page_node_registry.version_control.Commit_": {
            items: components["schemas"]["Commit"][];
            next_cursor: string | null;
        };
        /** PartHealth */
        PartHealth: {
            part: string;
            state: string;
            message: string;
            /** @default  */
            remedy?: string;
        };
        /** Passkey */
        Passkey: {
            /** Format: uuid */
            id: string;
            name: string;
            host: string;
            /** Format: date-time */
            created_at: string;
            used_at: string | null;
        };
        /** PasskeyChange */
        PasskeyChange: {
            name: string;
        };
        /** PasskeyLogIn */
        PasskeyLogIn: {
            passkey: components["schemas"]["Assertion"];
        };
        /** PasskeyRequirement */
        PasskeyRequirement: {
            required: boolean;
            current: string;
        };
        /** PasswordChange */
        PasswordChange: {
            current: string;
            password: string;
            /** @default false */
            revoke_tokens?: boolean;
        };
        /** PersonChange */
        PersonChange: {
            disabled: boolean;
        };
        /** PipelineModel */
        PipelineModel: {
            name: string;
            /** @default  */
            folder?: string;
            sha256?: string | null;
        };
        /** PipelineParameter */
        PipelineParameter: {
            name: string;
            title: string;
            /** @enum {string} */
            kind: "text" | "integer" | "number" | "boolean" | "choice" | "image" | "video" | "audio";
            /** @default  */
            source?: string;
            default?: unknown;
            minimum?: number | null;
            maximum?: number | null;
            /** @default [] */
            choices?: string[];
        };
        /** PipelineSummary */
        PipelineSummary: {
            title: string;
            /** @default 1 */
            version?: string;
            /** @default  */
            tier?: string;
            /** @default [] */
            parameters?: components["schemas"]["PipelineParameter"][];
            /** @default [] */
            makes?: ("image" | "video" | "audio")[];
            /** @default [] */
            models?: components["schemas"]["PipelineModel"][];
            /** @default [] */
            node_types?: string[];
            /** @default [] */
            custom_nodes?: string[];
            /** @default 60 */
            seconds?: number;
        };
        /** PipelineTemplate */
        PipelineTemplate: {
            /** Format: uuid */
            id: string;
            format: string;
            backend: string;
            media: components["schemas"]["Media"];
            summary: components["schemas"]["PipelineSummary"];
            /** Format: uuid */
            created_by: string;
            /** Format: date-time */
            created_at: string;
        };
        /** PlannedStep */
        PlannedStep: {
            node_id: string;
            label: string;
            node_type: string;
            reused: boolean;
            reasons: string[];
            estimate?: components["schemas"]["Estimate"] | null;
        };
        /** PluginReport */
        PluginReport: {
            name: string;
            /** @default  */
            distribution?: string;
            /** @default  */
            version?: string;
            /**
             * @default loaded
             * @enum {string}
             */
            state?: "loaded" | "partial" | "failed";
            errors?: string[];
            settings?: string[];
            socket_types?: string[];
            converters?: string[];
            node_types?: string[];
            catalogs?: string[];
            backends?: string[];
            pipeline_formats?: string[];
            storages?: string[];
            version_control?: string[];
            exporters?: string[];
            probes?: string[];
            derivatives?: string[];
            segments?: string[];
            health_checks?: string[];
        };
        /** ProfileChange */
        ProfileChange: {
            name?: string | null;
            email?: string | null;
            current?: string | null;
        };
        /** Project */
        Project: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            owner_id: string;
            title: string;
            description: string;
            folder: string;
            /** @enum {string} */
            quality: "low" | "standard" | "high";
            settings: components["schemas"]["FilmSettings"];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            modified_at: string;
            archived_at?: string | null;
            poster?: string | null;
            /** @default true */
            auto_commit?: boolean;
            /**
             * @default owner
             * @enum {string}
             */
            role?: "owner" | "editor" | "reviewer" | "viewer";
            /** @default [] */
            rights?: string[];
            metadata?: {
                [key: string]: unknown;
            };
        };
        /** ProjectCard */
        ProjectCard: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            owner_id: string;
            title: string;
            description: string;
            folder: string;
            /** @enum {string} */
            quality: "low" | "standard" | "high";
            settings: components["schemas"]["FilmSettings"];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            modified_at: string;
            archived_at?: string | null;
            poster?: string | null;
            /** @default true */
            auto_commit?: boolean;
            /**
             * @default owner
             * @enum {string}
             */
            role?: "owner" | "editor" | "reviewer" | "viewer";
            /** @default [] */
            rights?: string[];
            metadata?: {
                [key: string]: unknown;
            };
            owner_name: string;
            members: number;
            people: components["schemas"]["CardPerson"][];
            last_activity: components["schemas"]["LastActivity"] | null;
            opened_at: string | null;
            deleted_at: string | null;
        };
        /** ProjectChange */
        ProjectChange: {
            title?: string | null;
            description?: string | null;
            /** @enum {null|string} */
            quality?: "low" | "standard" | "high" | null;
            settings?: components["schemas"]["NewSettings"] | null;
            auto_commit?: boolean | null;
        };
        /** ProjectLink */
        ProjectLink: {
            /** @default 168 */
            hours?: number;
            /** @default 1 */
            most_uses?: number | null;
            /** @default  */
            note?: string;
            /** @enum {string} */
            role: "editor" | "reviewer" | "viewer";
        };
        /** ProjectStorage */
        ProjectStorage: {
            project: components["schemas"]["StorageUse"];
            owner: components["schemas"]["StorageUse"] | null;
        };
        /** Proof */
        Proof: {
            current: string;
        };
        /** Question */
        Question: {
            /** Format: uuid */
            task_id: string;
            /** Format: uuid */
            run_id: string;
            node_id: string;
            label: string;
            question: string;
            answer: {
                [key: string]: unknown;
            };
        };
        /** QueueEntry */
        QueueEntry: {
            /** Format: uuid */
            task_id: string;
            node_id: string;
            position: number;
            cause: string;
            /** @default  */
            cause_kind?: string;
            /** @default  */
            hint?: string;
            expected_wait?: number | null;
        };
        /** Queued */
        Queued: {
            task_id: string;
            run_id: string;
            /** @default queued */
            status?: string;
        };
        /** RecoveryCodes */
        RecoveryCodes: {
            recovery_codes: string[];
        };
        /** Registration */
        Registration: {
            email: string;
            password: string;
            name: string;
            setup?: string | null;
        };
        /** RegistrationPolicy */
        RegistrationPolicy: {
            open: boolean;
        };
        /** Removal */
        Removal: {
            current: string;
            code: string;
        };
        /** RemoveEdges */
        RemoveEdges: {
            ids: string[];
            /** @constant */
            op: "edge.remove";
        };
        /** RemoveNodes */
        RemoveNodes: {
            ids: string[];
            /** @constant */
            op: "node.remove";
        };
        /** Repository */
        Repository: {
            url: string;
            branch: string;
        };
        /** Reset */
        Reset: {
            code: string;
            password: string;
        };
        /** Review */
        Review: {
            /** @enum {string} */
            state: "pending" | "approved" | "rejected";
            /** @default  */
            comment?: string;
        };
        /** RoleChange */
        RoleChange: {
            /** @enum {string} */
            role: "editor" | "reviewer" | "viewer";
        };
        /** Rollback */
        Rollback: {
            version: number;
        };
        /** RollbackRequest */
        RollbackRequest: {
            version: number;
            /**
             * @default graph
             * @enum {string}
             */
            scope?: "graph" | "subflow" | "node";
            /** @default  */
            node_id?: string;
        };
        /** RolledBack */
        RolledBack: {
            to_version: number;
            label: string;
            version?: number | null;
            skipped?: components["schemas"]["Skipped"][];
        };
        /** Run */
        Run: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            project_id: string;
            /** Format: uuid */
            graph_id: string;
            graph_version: number;
            /** Format: uuid */
            user_id: string;
            targets: string[];
            request_id: string | null;
            /** @enum {string} */
            status: "running" | "succeeded" | "failed" | "cancelled";
            reused: number;
            /** Format: date-time */
            created_at: string;
            ended_at: string | null;
            tasks?: components["schemas"]["Task"][];
        };
        /** RunView */
        RunView: {
            run: components["schemas"]["Run"];
            progress: components["schemas"]["TaskProgress"][];
        };
        /** Scene */
        Scene: {
            /** @default  */
            key?: string;
            /** @default  */
            code?: string;
            heading: string;
            /** @default  */
            location?: string;
            /** @default  */
            place?: string;
            /** @default  */
            set?: string;
            /** @default  */
            time_of_day?: string;
            /**
             * @default
             * @enum {string}
             */
            setting?: "interior" | "exterior" | "mixed" | "";
            /** @default  */
            number?: string;
            marks?: string[];
            remarks?: string[];
            line: number;
            end_line: number;
            /** @default  */
            summary?: string;
            characters?: string[];
            shots?: components["schemas"]["Shot"][];
            joins?: components["schemas"]["Join"][];
            /** @default 0 */
            pages?: number;
            /** @default 0 */
            seconds?: number;
            /** @default  */
            after?: string;
            /** @default false */
            omitted?: boolean;
            /** @default  */
            color?: string;
            revisions?: string[];
            tags?: string[];
            notes?: string[];
            weather?: string[];
            /** @default  */
            fingerprint?: string;
        };
        /**
         * Scope
         * @description What a personal API token was made for. A log-in has no such bounds.
         * @enum {string}
         */
        Scope: "read" | "edit" | "generate" | "admin";
        /** ScriptScene */
        ScriptScene: {
            code: string;
            heading: string;
            line: number;
            end_line: number;
            shots: number;
            seconds: number;
            node_id: string | null;
        };
        /** ScriptText */
        ScriptText: {
            node_id: string;
            name: string;
            digest: string;
            /** @enum {string} */
            format: "fountain" | "fdx" | "plain";
            title: string;
            pages: number;
            seconds: number;
            elements: components["schemas"]["Element"][];
            scenes: components["schemas"]["ScriptScene"][];
            problems: components["schemas"]["script_model_Problem"][];
        };
        /** SecondFactor */
        SecondFactor: {
            enabled: boolean;
            recovery_codes: number;
            /** @default false */
            passkey_required?: boolean;
        };
        /** SessionInfo */
        SessionInfo: {
            /** Format: uuid */
            id: string;
            device: string;
            address: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            seen_at: string;
            /** Format: date-time */
            expires_at: string;
            current: boolean;
        };
        /** SetEdge */
        SetEdge: {
            id: string;
            strength?: number;
            label?: string;
            order?: string;
            /** @constant */
            op: "edge.set";
        };
        /** SetGraph */
        SetGraph: {
            values?: {
                [key: string]: unknown;
            };
            /** @default [] */
            clear?: string[];
            /** @constant */
            op: "graph.set";
        };
        /** SetNode */
        SetNode: {
            id: string;
            values?: {
                [key: string]: unknown;
            };
            /** @default [] */
            clear?: string[];
            /** @constant */
            op: "node.set";
        };
        /** SettledDoubt */
        SettledDoubt: {
            version: number;
            summary: components["schemas"]["ImportSummary"];
            problems: components["schemas"]["script_model_Problem"][];
        };
        /** Setup */
        Setup: {
            secret: string;
            uri: string;
        };
        /** Shot */
        Shot: {
            /** @default  */
            key?: string;
            /** @default  */
            code?: string;
            shot_type: string;
            /** @default static */
            camera_movement?: string;
            characters_in_frame?: string[];
            duration_estimate: number;
            prompt: string;
            /** @default  */
            composition_notes?: string;
            /** @default  */
            dialogue_content?: string;
            /** @default  */
            audio_requirements?: string;
            /** @default  */
            environment_context?: string;
            /** @default  */
            summary?: string;
            /** @default 0 */
            line?: number;
            /** @default 0 */
            end_line?: number;
        };
        /** Skipped */
        Skipped: {
            id: string;
            reason: string;
            /** @default  */
            path?: string;
            /** @default  */
            user_id?: string;
            /** @default  */
            name?: string;
        };
        /** Socket */
        Socket: {
            id: string;
            type: string;
            /** @default  */
            title?: string;
            /** @default false */
            many?: boolean;
            /** @default false */
            required?: boolean;
            /** @default  */
            description?: string;
        };
        /** SocketTicket */
        SocketTicket: {
            ticket: string;
            expires_in: number;
        };
        /** SocketType */
        SocketType: {
            id: string;
            title: string;
            color: string;
            /** @default false */
            media?: boolean;
            /** @default false */
            order_only?: boolean;
            /** @default [] */
            accepts?: string[];
            /** @default  */
            description?: string;
        };
        /** Sound */
        Sound: {
            name: string;
            media: string;
            /** @default 0 */
            start?: number;
            frames?: number | null;
            /** @default 0 */
            gain?: number;
            /** @default 0 */
            fade_in?: number;
            /** @default 0 */
            fade_out?: number;
            /** @default wav */
            extension?: string;
            /** @default [] */
            marks?: components["schemas"]["SoundMark"][];
        };
        /** SoundMark */
        SoundMark: {
            frame: number;
            /** @default  */
            label?: string;
        };
        /** StaleNode */
        StaleNode: {
            node_id: string;
            label: string;
            reasons: string[];
        };
        /** Stopped */
        Stopped: {
            tasks: number;
        };
        /** StorageUse */
        StorageUse: {
            used: number;
            coming: number;
            quota: number;
        };
        /** StudioHealth */
        StudioHealth: {
            state: string;
            parts: components["schemas"]["PartHealth"][];
        };
        /** StudioTask */
        StudioTask: {
            /** Format: uuid */
            task_id: string;
            /** Format: uuid */
            run_id: string;
            /** Format: uuid */
            project_id: string;
            project: string;
            person: string;
            label: string;
            /** @enum {string} */
            tier: "low" | "standard" | "high";
            /** @enum {string} */
            priority: "low" | "normal" | "high";
            /** @enum {string} */
            status: "queued" | "blocked" | "assigned" | "running" | "waiting_for_input" | "succeeded" | "failed" | "cancelled";
            /** Format: date-time */
            created_at: string;
            position?: number | null;
            /** @default  */
            cause?: string;
            /** @default  */
            cause_kind?: string;
            /** @default  */
            hint?: string;
            expected_wait?: number | null;
            /** @default  */
            worker?: string;
            running_seconds?: number | null;
            expected_seconds?: number | null;
        };
        /** Suggestion */
        Suggestion: {
            format: string;
            template: {
                [key: string]: unknown;
            };
            summary: components["schemas"]["PipelineSummary"];
        };
        /** Take */
        Take: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            project_id: string;
            node_id: string;
            version: number;
            number: number;
            iteration: string;
            name: string;
            /** Format: uuid */
            task_id: string;
            /** Format: uuid */
            user_id: string;
            basis: string;
            recipe: string | null;
            made_from: {
                [key: string]: unknown;
            };
            made_by: {
                [key: string]: unknown;
            };
            digest: string;
            outputs: components["schemas"]["TakeOutput"][];
            /** Format: date-time */
            created_at: string;
        };
        /** TakeOutput */
        TakeOutput: {
            socket: string;
            media: components["schemas"]["Media"];
        };
        /** TakeReview */
        TakeReview: {
            /** Format: uuid */
            take_id: string;
            /**
             * @default pending
             * @enum {string}
             */
            state?: "pending" | "approved" | "rejected";
            by?: string | null;
            at?: string | null;
            /** @default  */
            comment?: string;
        };
        /** Task */
        Task: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            project_id: string;
            /** Format: uuid */
            run_id: string;
            /** Format: uuid */
            user_id: string;
            node_id: string;
            node_type: string;
            label: string;
            iteration: string;
            /** @enum {string} */
            status: "queued" | "blocked" | "assigned" | "running" | "waiting_for_input" | "succeeded" | "failed" | "cancelled";
            cause: string;
            reasons: string[];
            priority: number;
            attempt: number;
            backend: string | null;
            take_id: string | null;
            reused: boolean;
            error: {
                [key: string]: unknown;
            } | null;
            question: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            created_at: string;
            started_at: string | null;
            ended_at: string | null;
        };
        /** TaskProgress */
        TaskProgress: {
            /** Format: uuid */
            task_id: string;
            /** Format: uuid */
            project_id: string;
            node_id: string;
            progress: number;
            /** @default  */
            step?: string;
            /** @default 0 */
            preview?: number;
        };
        /** Team */
        Team: {
            /** Format: uuid */
            id: string;
            name: string;
            is_lead: boolean;
            members: number;
            /** Format: date-time */
            created_at: string;
        };
        /** TeamLead */
        TeamLead: {
            is_lead: boolean;
        };
        /** TeamMember */
        TeamMember: {
            /** Format: uuid */
            user_id: string;
            name: string;
            is_lead: boolean;
            /** Format: date-time */
            joined_at: string;
        };
        /** TeamName */
        TeamName: {
            name: string;
        };
        /** TeamShare */
        TeamShare: {
            /** Format: uuid */
            team_id: string;
            name: string;
            /** @enum {string} */
            role: "editor" | "reviewer" | "viewer";
            members: number;
            /** Format: date-time */
            shared_at: string;
        };
        /** TextPart */
        TextPart: {
            /** @enum {string} */
            kind: "same" | "removed" | "added";
            text: string;
        };
        /** TierLoad */
        TierLoad: {
            /** @enum {string} */
            tier: "low" | "standard" | "high";
            waiting: number;
            waiting_for_card: number;
            expected_wait: number | null;
        };
        /** Token */
        Token: {
            access_token: string;
            expires_in: number;
            /** @default bearer */
            token_type?: string;
        };
        /** Touched */
        Touched: {
            tasks: number;
        };
        /** Transition */
        Transition: {
            after: number;
            /** @enum {string} */
            kind: "cut" | "fade" | "dissolve" | "wipe" | "push";
            frames: number;
            /**
             * @default left
             * @enum {string}
             */
            direction?: "left" | "right" | "up" | "down";
            node?: string | null;
        };
        /** TreeEntry */
        TreeEntry: {
            name: string;
            path: string;
            /** @enum {string} */
            type: "folder" | "file";
            /** @enum {null|string} */
            kind?: "image" | "video" | "audio" | "text" | "model" | "other" | null;
            size?: number | null;
            modified_at?: string | null;
            take_id?: string | null;
            asset_id?: string | null;
            digest?: string | null;
        };
        /** Undone */
        Undone: {
            undo_of: number;
            redo: boolean;
            label: string;
            version?: number | null;
            skipped?: components["schemas"]["Skipped"][];
            /** @default false */
            repeated?: boolean;
        };
        /** Unfreeze */
        Unfreeze: {
            node_ids: string[];
        };
        /** Upload */
        Upload: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            project_id: string;
            /** Format: uuid */
            user_id: string;
            name: string;
            size: number;
            /** @default 0 */
            offset?: number;
            /**
             * @default open
             * @enum {string}
             */
            state?: "open" | "done" | "refused";
            media?: components["schemas"]["Media"] | null;
            error?: {
                [key: string]: unknown;
            } | null;
            /** @default  */
            metadata?: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** VersionRow */
        VersionRow: {
            version: number;
            /** Format: uuid */
            user_id: string;
            name: string;
            /** Format: date-time */
            time: string;
            label: string;
            summary: string;
            undo_of: number | null;
            /** @enum {string} */
            origin: "person" | "system";
            ops: (components["schemas"]["AddNode"] | components["schemas"]["RemoveNodes"] | components["schemas"]["SetNode"] | components["schemas"]["MoveNode"] | components["schemas"]["AddEdge"] | components["schemas"]["SetEdge"] | components["schemas"]["RemoveEdges"] | components["schemas"]["EditText"] | components["schemas"]["SetGraph"])[];
        };
        /** Worker */
        Worker: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            device: "cpu" | "gpu";
            device_id: string;
            vram_bytes: number;
            backends: {
                [key: string]: components["schemas"]["OfferedBackend"];
            };
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            seen_at: string;
            /** @default  */
            device_name?: string;
            busy_with?: string | null;
            /** @default  */
            drained_by?: string;
            /** @default  */
            kept_by?: string;
            /** @default  */
            kept_for?: string;
        };
        /** Person */
        accounts_studio_people_Person: {
            /** Format: uuid */
            id: string;
            name: string;
            email: string | null;
            is_owner: boolean;
            /** Format: date-time */
            created_at: string;
            disabled_at: string | null;
            seen_at: string | null;
        };
        /** Person */
        collaboration_comparison_Person: {
            user_id: string;
            name: string;
        };
        /** Problem */
        graph_validation_Problem: {
            node_id: string;
            code: string;
            message: string;
            /** @default  */
            hint?: string;
            socket?: string | null;
            field?: string | null;
            /**
             * @default error
             * @enum {string}
             */
            severity?: "error" | "warning";
        };
        /** Problem */
        script_model_Problem: {
            code: string;
            line: number;
            end_line: number;
            text: string;
            message: string;
            /** @default  */
            hint?: string;
            /** @default [] */
            choices?: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    ApiProjectsCreateCreate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiProjectsProjectIdCommitCommit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommitMessage"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Committed"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiProjectsProjectIdGenerateGenerate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Generate"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queued"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiProjectsProjectIdHistoryCommits: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                branch?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_node_registry.version_control.Commit_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiProjectsProjectIdStructureStructure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entry"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuditReadAudit: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.audit.AuditEntry_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthLoginLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthLoginPasskeyLoginWithPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyLogIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthLoginPasskeyOptionsAskForPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    ApiV1AuthLogoutLogout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": null;
                };
            };
        };
    };
    ApiV1AuthMeWhoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    ApiV1AuthMeChangeProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthPasskeysListPasskeys: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.passkeys.Passkey_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthPasskeysAdd: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPasskey"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Passkey"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthPasskeysOptionsBegin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proof"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthPasskeysRequiredRequire: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyRequirement"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthPasskeysPasskeyIdRename: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkey_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Passkey"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthPasskeysPasskeyIdRemoveRemove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkey_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proof"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthPasswordChangePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ended"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthRegisterRegister: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthRegistrationRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationPolicy"];
                };
            };
        };
    };
    ApiV1AuthResetReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reset"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthSecondFactorSee: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactor"];
                };
            };
        };
    };
    ApiV1AuthSecondFactorBegin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proof"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthSecondFactorConfirmConfirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Code"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthSecondFactorRemoveRemove: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Removal"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthSessionsListSessions: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.sessions.SessionInfo_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthSessionsEndOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ended"];
                };
            };
        };
    };
    ApiV1AuthSessionsSessionIdEndSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthTokenToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
                "application/x-www-form-urlencoded": {
                    grant_type: string;
                    username: string;
                    password: string;
                    code?: string;
                    scope?: string;
                    client_id?: string;
                    client_secret?: string;
                };
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthTokensListTokens: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.api_tokens.ApiToken_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthTokensCreateToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiToken"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeApiToken"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1AuthTokensTokenIdRevokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ConvertersConverters: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.gateway.studio_status.ConverterView_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1DevicesDeviceIdRuleKeep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeptFor"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1DevicesDeviceIdRuleFree: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ExportersExporters: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.assembly.routes.ExporterView_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1HealthHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudioHealth"];
                };
            };
        };
    };
    ApiV1InvitationsOfStudio: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.projects.invitations.Invitation_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1InvitationsInviteToStudio: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkTerms"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeLink"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1InvitationsAcceptAccept: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Acceptance"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1InvitationsPreviewPreview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationCode"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offer"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1InvitationsInvitationIdRevoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1NodeTypesNodeTypes: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.gateway.studio_status.NodeTypeView_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ObjectsDigestFollow: {
        parameters: {
            query: {
                size: number;
                media_type: string;
                expires: number;
                signature: string;
                filename?: string;
            };
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1PeopleListPeople: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.studio_people.Person_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1PeopleUserIdErasePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1PeopleUserIdChangePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1PluginsPlugins: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.platform.plugins.PluginReport_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                search?: string;
                show?: "active" | "archived" | "deleted";
                whose?: "all" | "mine" | "shared";
                sort?: "changed" | "opened" | "created" | "title";
                origin?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.projects.dashboard.ProjectCard_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsCreate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsImportBring: {
        parameters: {
            query?: {
                title?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdRemove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdActivityFeed: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.projects.activity.Activity_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdArchiveArchive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetPolicyPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetPolicy"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetPolicySetPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetPolicy"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetPolicy"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetUsageListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.collaboration.asset_usage.AssetUsage_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                kind?: "character" | "style" | "environment" | "prop" | null;
                search?: string;
                approval?: "pending" | "approved" | "rejected" | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.assets.model.Asset_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsCreate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAsset"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdRemove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdDecisionDecide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetVersion"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdFreezeFreeze: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Freeze"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetUsage"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdRestoreRestore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdRollbackRollBack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rollback"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdUnfreezeUnfreeze: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Unfreeze"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetUsage"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdUsageUsage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetUsage"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAssetsAssetIdVersionsVersions: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.assets.model.AssetVersion_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdAuditAudit: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.audit.AuditEntry_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdBranchesListBranches: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_node_registry.version_control.Branch_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdBranchesCreateBranch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBranch"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Branch"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdBranchesDeleteBranch: {
        parameters: {
            query: {
                name: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCommitsCommits: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                branch?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_node_registry.version_control.Commit_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCommitsCommit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommitMessage"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Committed"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCutCut: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CutView"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCutEditsImportEdit: {
        parameters: {
            query: {
                confirmed: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditResult"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCutEditsPreviewPreviewEdit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditPreview"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCutPlaylistM3U8Playlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCutPlaylistM3U8LinkLink: {
        parameters: {
            query?: {
                expires_in?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdCutExporterExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                exporter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdDuplicateDuplicate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCopy"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdEstimatesEstimates: {
        parameters: {
            query: {
                node: string[];
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.execution.estimates.Estimate_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdExportExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stream Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdFailuresFailures: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.scheduling.failures.Failure_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdFileLocksListFileLocks: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.repositories.file_locks.FileLock_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdFileLocksLockFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFileLock"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileLock"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdFileLocksLockIdUnlockFile: {
        parameters: {
            query?: {
                force?: boolean;
            };
            header?: never;
            path: {
                project_id: string;
                lock_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdFilesListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                folder?: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.execution.project_tree.TreeEntry_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGenerateGenerate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Generate"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queued"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGitDescribe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repository"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphAttributionAttribution: {
        parameters: {
            query: {
                node: string;
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.collaboration.history.Attribution_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphDiffDiff: {
        parameters: {
            query: {
                from: number;
                to: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamedDifference"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphHistoryTimeline: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.collaboration.history.HistoryEntry_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphHistoryVersionVersionRow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionRow"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphOperationsChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Change"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphProblemsProblems: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.graph.validation.Problem_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphRedoRedo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Undone"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphRollbackRollBack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolledBack"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphUndoUndo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Undone"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphVersionsVersions: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.collaboration.versions.NamedVersion_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphVersionsNameVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVersion"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamedVersion"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdGraphVersionsVersionIdDeleteVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                version_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdInvitationsOfProject: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.projects.invitations.Invitation_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdInvitationsInviteToProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectLink"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeLink"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                media_type?: "image" | "video" | "audio" | "application" | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.media.library.MediaDetails_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaUpload: {
        parameters: {
            query?: never;
            header?: {
                "X-Filename"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Media"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestDetailsDetails: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaDetails"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestFilmstripFilmstrip: {
        parameters: {
            query?: {
                /** @description Seconds to wait for what is not there yet. */
                wait?: number;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestFilmstripIndexFilmstripIndex: {
        parameters: {
            query?: {
                /** @description Seconds to wait for what is not there yet. */
                wait?: number;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestLinkMake: {
        parameters: {
            query?: {
                expires_in?: number;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestProxyProxy: {
        parameters: {
            query?: {
                /** @description Seconds to wait for what is not there yet. */
                wait?: number;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestSegmentsNameSegment: {
        parameters: {
            query?: {
                /** @description Seconds to wait for what is not there yet. */
                wait?: number;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestThumbnailThumbnail: {
        parameters: {
            query?: {
                size?: "small" | "medium" | "large";
                /** @description Seconds to wait for what is not there yet. */
                wait?: number;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMediaDigestWaveformWaveform: {
        parameters: {
            query?: {
                resolution?: "fine" | "coarse";
                encoding?: "json" | "binary";
                /** @description Seconds to wait for what is not there yet. */
                wait?: number;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMembersListMembers: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.projects.members.Member_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMembersUserIdRemoveMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMembersUserIdChangeRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMergesMerge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeRequest"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergeResult"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdMergesPreviewPreviewMerge: {
        parameters: {
            query: {
                branch: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergePreview"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdNodesNodeIdActiveTakeChoose: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                node_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChosenTake"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdNodesNodeIdVersionNewVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: number;
                    };
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdPipelinesListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.pipelines.library.PipelineTemplate_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdPipelinesKeep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPipeline"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineTemplate"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdPipelinesPreviewPreview: {
        parameters: {
            query?: {
                format?: string;
            };
            header?: {
                "X-Filename"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Suggestion"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdPipelinesStartersStarters: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.pipelines.library.Suggestion_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdPipelinesPipelineIdRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdPipelinesPipelineIdRemove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdPlanPreview: {
        parameters: {
            query: {
                target: string[];
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.execution.service.PlannedStep_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdQuestionsQuestions: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.scheduling.questions.Question_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdQueueQueue: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.scheduling.queue.QueueEntry_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdQueueCancelCancelProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdQueuePausePauseProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdQueuePauseResumeProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdRestoreRestore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdRunsListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.execution.runs.Run_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdRunsStart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRun"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdScriptReadScript: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptText"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdScriptDoubtsSettleDoubt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DoubtDecision"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettledDoubt"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdScriptsImportScript: {
        parameters: {
            query?: {
                title?: string;
            };
            header?: {
                "X-Filename"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportResult"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdScriptsPreviewPreviewImport: {
        parameters: {
            query?: never;
            header?: {
                "X-Filename"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportPreview"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdSocketTicketIssueTicket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SocketTicket"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdStaleStale: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.execution.service.StaleNode_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdStorageStorage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectStorage"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdStructureStructure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entry"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdTakeReviewsListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.execution.reviews.TakeReview_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdTakesListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                node_id?: string[] | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.execution.takes.Take_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdTeamsListTeams: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.projects.members.TeamShare_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdTeamsTeamIdShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                team_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdTeamsTeamIdUnshare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdTransferTransfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOwner"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUnarchiveUnarchive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUploadsListOpen: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.media.upload_rows.Upload_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUploadsCreate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": null;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUploadsUploadIdRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUploadsUploadIdOverride: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": null;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUploadsUploadIdTerminate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUploadsUploadIdOffset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": null;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ProjectsProjectIdUploadsUploadIdAppend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": null;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1QueueStudio: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.scheduling.studio_queue.StudioTask_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1QueueCancelCancelStudio: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
        };
    };
    ApiV1QueueLoadLoad: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Load"];
                };
            };
        };
    };
    ApiV1QueuePausePauseStudio: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ApiV1QueuePauseResumeStudio: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ApiV1RunsRunIdRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1RunsRunIdCancelCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stopped"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1RunsRunIdPausePauseRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1RunsRunIdPauseResumeRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1ScriptsBreakdownBreakdown: {
        parameters: {
            query?: never;
            header?: {
                "X-Filename"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Breakdown"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1SocketTypesSocketTypes: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_node_registry.sockets.SocketType_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1StorageOwnStorage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageUse"];
                };
            };
        };
    };
    ApiV1StorageCollectCollect: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collected"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1StreamsProjectIdCutPlaylistM3U8PlaylistOfLink: {
        parameters: {
            query: {
                person: string;
                expires: number;
                signature: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1StreamsProjectIdMediaDigestSegmentsNameSegmentOfLink: {
        parameters: {
            query: {
                person: string;
                expires: number;
                signature: string;
            };
            header?: never;
            path: {
                project_id: string;
                digest: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TakesTakeIdRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                take_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Take"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TakesTakeIdContentContent: {
        parameters: {
            query?: {
                output?: string | null;
            };
            header?: never;
            path: {
                take_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TakesTakeIdReviewRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                take_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakeReview"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TakesTakeIdReviewDecide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                take_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Review"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakeReview"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TakesTakeIdThumbnailThumbnail: {
        parameters: {
            query?: {
                size?: "small" | "medium" | "large";
                wait?: number;
            };
            header?: never;
            path: {
                take_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Redirect Response */
            307: {
                headers: {
                    /** @description target path for the redirect */
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TasksTaskIdAnswerAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Answer"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TasksTaskIdCancelCancelTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stopped"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TasksTaskIdPausePauseTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TasksTaskIdPauseResumeTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Touched"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TasksTaskIdPreviewTaskPreview: {
        parameters: {
            query?: {
                number?: number;
            };
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TasksTaskIdPriorityPrioritise: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPriority"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TasksTaskIdRetryRetry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsListAll: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.teams.Team_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsCreate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamName"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsTeamIdRemove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsTeamIdRename: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamName"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsTeamIdInvitationsOfTeam: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.projects.invitations.Invitation_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsTeamIdInvitationsInviteToTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkTerms"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeLink"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsTeamIdMembersMembers: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.accounts.teams.TeamMember_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsTeamIdMembersUserIdRemoveMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1TeamsTeamIdMembersUserIdSetLead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamLead"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1WorkersWorkers: {
        parameters: {
            query?: {
                /** @description How many items at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_app.scheduling.workers.Worker_"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1WorkersWorkerIdDrainDrain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    ApiV1WorkersWorkerIdDrainUndrain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    AuthTokenToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
                "application/x-www-form-urlencoded": {
                    grant_type: string;
                    username: string;
                    password: string;
                    code?: string;
                    scope?: string;
                    client_id?: string;
                    client_secret?: string;
                };
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status_code: number;
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                    };
                };
            };
        };
    };
    MetricsMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
}
