from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from nextpanel.databases.actions.tools import DatabaseTools


async def _wired_tools(request: Request) -> DatabaseTools:
    tools: DatabaseTools = request.app.state.database_tools
    return tools


Tools = Annotated[DatabaseTools, Depends(_wired_tools)]
