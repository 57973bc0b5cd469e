"""Who may use each route and each event of a socket: the table that the tests hold the studio to.

A new route or event needs a line here, or a test fails: whoever adds it says whom it is for, and
then every role and every stranger is tried on it.
"""

from __future__ import annotations

from app.projects import Right

ANYBODY = "anybody"  # without a log-in
PERSON = "person"  # who is logged in, for what is theirs or nobody's
STUDIO = "studio"  # who owns the studio
TEAM = "team"  # who is in the team of the address; some of it for those who lead it
READ, EDIT, GENERATE, MANAGE = Right.READ, Right.EDIT, Right.GENERATE, Right.MANAGE
APPROVE = Right.APPROVE

P = "/api/v1/projects/{project_id}"

ROUTES: dict[str, str | Right] = {
    # pages, and what nobody has to log in for
    "GET /": ANYBODY,
    "HEAD /": ANYBODY,
    "GET /{path}": ANYBODY,
    "HEAD /{path}": ANYBODY,
    "GET /status": ANYBODY,
    "GET /status/setup": ANYBODY,
    "GET /status/login": ANYBODY,
    "GET /status/reset": ANYBODY,
    "GET /pages/{name}": ANYBODY,
    "GET /api/v1/health": ANYBODY,
    "POST /auth/token": ANYBODY,
    "POST /api/v1/auth/token": ANYBODY,
    "POST /api/v1/auth/login": ANYBODY,
    "POST /api/v1/auth/register": ANYBODY,
    "POST /api/v1/auth/reset": ANYBODY,
    "POST /api/v1/invitations/preview": ANYBODY,
    "POST /api/v1/invitations/accept": ANYBODY,
    # oneself, and what the studio can do
    "GET /api/v1/auth/me": PERSON,
    "PATCH /api/v1/auth/me": PERSON,
    "POST /api/v1/auth/logout": PERSON,
    "POST /api/v1/auth/password": PERSON,
    "GET /api/v1/auth/sessions": PERSON,
    "DELETE /api/v1/auth/sessions": PERSON,
    "DELETE /api/v1/auth/sessions/{session_id}": PERSON,
    "GET /api/v1/auth/tokens": PERSON,
    "POST /api/v1/auth/tokens": PERSON,
    "DELETE /api/v1/auth/tokens/{token_id}": PERSON,
    "GET /api/v1/people": STUDIO,
    "PATCH /api/v1/people/{user_id}": STUDIO,
    "GET /api/v1/audit": STUDIO,
    "GET /api/v1/node-types": PERSON,
    "GET /api/v1/socket-types": PERSON,
    "GET /api/v1/converters": PERSON,
    "GET /api/v1/plugins": PERSON,
    "GET /api/v1/workers": PERSON,
    "GET /api/v1/exporters": PERSON,
    "POST /api/v1/scripts/breakdown": PERSON,
    # teams
    "GET /api/v1/teams": PERSON,
    "POST /api/v1/teams": PERSON,
    "PATCH /api/v1/teams/{team_id}": TEAM,
    "DELETE /api/v1/teams/{team_id}": TEAM,
    "GET /api/v1/teams/{team_id}/members": TEAM,
    "PATCH /api/v1/teams/{team_id}/members/{user_id}": TEAM,
    "DELETE /api/v1/teams/{team_id}/members/{user_id}": TEAM,
    "GET /api/v1/teams/{team_id}/invitations": TEAM,
    "POST /api/v1/teams/{team_id}/invitations": TEAM,
    # links that let people in
    "GET /api/v1/invitations": PERSON,
    "POST /api/v1/invitations": STUDIO,
    "DELETE /api/v1/invitations/{invitation_id}": PERSON,
    f"GET {P}/invitations": MANAGE,
    f"POST {P}/invitations": MANAGE,
    # projects
    "GET /api/v1/projects": PERSON,
    "POST /api/v1/projects": PERSON,
    "POST /api/projects/create": PERSON,
    f"GET {P}": READ,
    f"PATCH {P}": EDIT,
    f"GET {P}/structure": READ,
    "GET /api/projects/{project_id}/structure": READ,
    f"GET {P}/commits": READ,
    "GET /api/projects/{project_id}/history": READ,
    f"POST {P}/commits": EDIT,
    "POST /api/projects/{project_id}/commit": EDIT,
    f"POST {P}/socket-ticket": READ,
    f"GET {P}/activity": READ,
    # the people of a project
    f"GET {P}/members": READ,
    f"PATCH {P}/members/{{user_id}}": MANAGE,
    f"DELETE {P}/members/{{user_id}}": MANAGE,
    f"GET {P}/teams": READ,
    f"PUT {P}/teams/{{team_id}}": MANAGE,
    f"DELETE {P}/teams/{{team_id}}": MANAGE,
    f"GET {P}/audit": MANAGE,
    # the canvas and its past
    f"GET {P}/graph": READ,
    f"POST {P}/graph/operations": EDIT,
    f"GET {P}/graph/problems": READ,
    f"GET {P}/graph/history": READ,
    f"GET {P}/graph/history/{{version}}": READ,
    f"GET {P}/graph/attribution": READ,
    f"GET {P}/graph/diff": READ,
    f"GET {P}/graph/versions": READ,
    f"POST {P}/graph/versions": EDIT,
    f"DELETE {P}/graph/versions/{{version_id}}": EDIT,
    f"POST {P}/graph/undo": EDIT,
    f"POST {P}/graph/redo": EDIT,
    f"POST {P}/graph/rollback": EDIT,
    f"POST {P}/scripts": EDIT,
    # files
    f"GET {P}/media/{{digest}}": READ,
    f"GET {P}/media": READ,
    f"GET {P}/media/{{digest}}/details": READ,
    f"GET {P}/media/{{digest}}/thumbnail": READ,
    f"GET {P}/media/{{digest}}/filmstrip": READ,
    f"GET {P}/media/{{digest}}/filmstrip/index": READ,
    f"GET {P}/media/{{digest}}/proxy": READ,
    f"GET {P}/media/{{digest}}/waveform": READ,
    f"POST {P}/media": EDIT,
    f"GET {P}/uploads": EDIT,
    f"POST {P}/uploads": EDIT,
    f"GET {P}/uploads/{{upload_id}}": EDIT,
    f"HEAD {P}/uploads/{{upload_id}}": EDIT,
    f"POST {P}/uploads/{{upload_id}}": EDIT,
    f"PATCH {P}/uploads/{{upload_id}}": EDIT,
    f"DELETE {P}/uploads/{{upload_id}}": EDIT,
    # the library
    f"GET {P}/assets": READ,
    f"POST {P}/assets": EDIT,
    f"GET {P}/assets/{{asset_id}}": READ,
    f"PATCH {P}/assets/{{asset_id}}": EDIT,
    f"DELETE {P}/assets/{{asset_id}}": EDIT,
    f"POST {P}/assets/{{asset_id}}/restore": EDIT,
    f"GET {P}/assets/{{asset_id}}/versions": READ,
    f"POST {P}/assets/{{asset_id}}/rollback": EDIT,
    f"POST {P}/assets/{{asset_id}}/decision": APPROVE,
    f"GET {P}/asset-policy": READ,
    f"PUT {P}/asset-policy": MANAGE,
    # making
    f"POST {P}/generate": GENERATE,
    "POST /api/projects/{project_id}/generate": GENERATE,
    f"GET {P}/runs": READ,
    f"POST {P}/runs": GENERATE,
    f"GET {P}/plan": READ,
    f"GET {P}/queue": READ,
    f"GET {P}/stale": READ,
    "GET /api/v1/runs/{run_id}": READ,
    "POST /api/v1/runs/{run_id}/cancel": GENERATE,
    "POST /api/v1/tasks/{task_id}/cancel": GENERATE,
    "GET /api/v1/tasks/{task_id}/preview": READ,
    "POST /api/v1/tasks/{task_id}/retry": GENERATE,
    "POST /api/v1/tasks/{task_id}/answer": GENERATE,
    f"GET {P}/takes": READ,
    "GET /api/v1/takes/{take_id}": READ,
    "GET /api/v1/takes/{take_id}/content": READ,
    "GET /api/v1/takes/{take_id}/thumbnail": READ,
    f"POST {P}/nodes/{{node_id}}/active-take": EDIT,
    f"POST {P}/nodes/{{node_id}}/version": EDIT,
    # the cut
    f"GET {P}/cut": READ,
    f"GET {P}/cut/{{exporter}}": READ,
    # Last: after these the project is somebody else's, and then gone.
    f"POST {P}/transfer": MANAGE,
    f"DELETE {P}": MANAGE,
}

EVENTS: dict[str, Right] = {
    "client:hello": READ,
    "client:sync_request": READ,
    "client:presence": READ,
    "client:ping": READ,
    "client:ops": EDIT,
    "client:update_node_data": EDIT,
    "client:undo": EDIT,
    "client:redo": EDIT,
    "client:start_generation": GENERATE,
}
