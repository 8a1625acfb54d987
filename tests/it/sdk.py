"""Lets Zoho's own SDK talk to a stand-in: one JSON line for each call, with what the SDK made of the reply. A file that
was downloaded is `downloaded` in the working folder.

Usage: sdk.py API ACCOUNTS CLIENT_ID CLIENT_SECRET KIND TOKEN CALL...
KIND of the token is grant, refresh or access; a CALL is a name, or a name and its argument with `=` between.
"""

import json
import sys
from datetime import datetime, timezone

from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import TokenStore
from zohocrmsdk.src.com.zoho.crm.api import Initializer, ParameterMap, SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.backup import Backup, BackupOperations, BodyWrapper, HISTORYParam
from zohocrmsdk.src.com.zoho.crm.api.bulk_write import BulkWriteOperations
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.exception import SDKException
from zohocrmsdk.src.com.zoho.crm.api.util import Choice, StreamWrapper

API, ACCOUNTS, CLIENT_ID, CLIENT_SECRET, KIND, TOKEN = sys.argv[1:7]


class StandIn(DataCenter):
    """As the SDK's own data centres, with other addresses."""

    @classmethod
    def PRODUCTION(cls):
        return DataCenter.Environment(API, cls().get_iam_url(), cls().get_file_upload_url())

    def get_iam_url(self):
        return ACCOUNTS + "/oauth/v2/token"

    def get_file_upload_url(self):
        return API


class Memory(TokenStore):
    """Keeps one token, and nothing on disk."""

    token = None

    def find_token(self, token):
        # `revoke` asks with a token of its own that the store has to fill.
        if self.token is not None and token is not self.token:
            token.set_refresh_token(self.token.get_refresh_token())
        return self.token

    def find_token_by_id(self, id):
        return self.token

    def save_token(self, token):
        token.set_id("1")
        Memory.token = token

    def delete_token(self, id):
        Memory.token = None

    def get_tokens(self):
        return [self.token]

    def delete_tokens(self):
        Memory.token = None


def told(value):
    """The value with the name of its type wherever JSON would lose it."""
    if isinstance(value, (list, tuple)):
        return [told(each) for each in value]
    if isinstance(value, dict):
        return {key: told(each) for key, each in value.items()}
    if isinstance(value, datetime):
        return {"type": "datetime", "utc": value.astimezone(timezone.utc).isoformat()}
    if isinstance(value, Choice):
        return {"type": "Choice", "value": value.get_value()}
    if isinstance(value, StreamWrapper):
        with open("downloaded", "wb") as file:
            file.write(value.get_stream().content)
        return {"type": "StreamWrapper", "name": value.get_name()}
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    name = type(value).__name__
    prefix = "_" + name + "__"
    members = {key.removeprefix(prefix): told(each) for key, each in vars(value).items()}
    members.pop("key_modified", None)
    return {"type": name, **members}


def scheduled(rrule=None):
    body = BodyWrapper()
    if rrule is not None:
        backup = Backup()
        backup.set_rrule(rrule)
        body.set_backup(backup)
    return BackupOperations().schedule(body)


def paged(argument):
    page, per_page = argument.split(",")
    parameters = ParameterMap()
    parameters.add(HISTORYParam.page, page)
    parameters.add(HISTORYParam.per_page, per_page)
    return BackupOperations().history(parameters)


CALLS = {
    "urls": lambda: BackupOperations().get_urls(),
    "details": lambda: BackupOperations().get_details(),
    "request": scheduled,
    "schedule": scheduled,
    "history": paged,
    "cancel": lambda id: BackupOperations().cancel(int(id)),
    # The download of a bulk write's result knows more of the file service's errors than that of a backup does.
    "sibling": lambda url: BulkWriteOperations().download_bulk_write_result(url),
    "download": lambda url: BackupOperations().download_backed_up_data(url),
}


def answer(name, arguments):
    if name == "token":
        token = Initializer.get_initializer().token
        return {
            "access_token": token.get_access_token(),
            "refresh_token": token.get_refresh_token(),
            "api_domain": token.get_api_domain(),
            "life": round(int(token.get_expires_in()) / 1000 - datetime.now().timestamp()),
        }
    if name == "revoke":
        return Initializer.get_initializer().token.revoke("1")
    response = CALLS[name](*arguments)
    return {"status": response.get_status_code(), "object": told(response.get_object())}


def main():
    kinds = {"grant": "grant_token", "refresh": "refresh_token", "access": "access_token"}
    token = OAuthToken(CLIENT_ID, CLIENT_SECRET, find_user=False, **{kinds[KIND]: TOKEN})
    try:
        Initializer.initialize(StandIn.PRODUCTION(), token, Memory(), SDKConfig(read_timeout=60, connect_timeout=60))
    except SDKException as error:
        print(json.dumps({"error": str(error)}))
        return
    for call in sys.argv[7:]:
        name, equals, argument = call.partition("=")
        print(json.dumps(answer(name, [argument] if equals else [])))


main()
