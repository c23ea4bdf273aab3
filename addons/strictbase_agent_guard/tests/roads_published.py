# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Roads by which a record comes to be seen outside: data, no logic."""

from collections import namedtuple

#: ``given`` is made by the system, ``call`` is the road; ``read`` whether a visitor can
#: then read the record by its access rules, None where a page shows it by itself.
Road = namedtuple("Road", "title model given method values read")


def made(title, model, values, read=True):
    return Road(title, model, None, "create", values, read)


def changed(title, model, given, values, read=True):
    return Road(title, model, given, "write", values, read)


ROADS = [
    made("blog post", "blog.post", {"name": "x", "blog_id": "@blog.blog",
         "content": "<p>Words</p>", "is_published": True}),
    changed("blog post, by the multi-website field", "blog.post",
            {"name": "x", "blog_id": "@blog.blog"}, {"website_published": True}),
    changed("words of a published blog post", "blog.post",
            {"name": "x", "blog_id": "@blog.blog", "is_published": True},
            {"content": "<p>Words</p>"}),
    made("forum question", "forum.post", {"name": "x", "forum_id": "@forum.forum",
         "content": "<p>Words</p>"}),
    changed("forum opened", "forum.forum", {"name": "x", "privacy": "private",
            "authorized_group_id": "@ref:base.group_user"}, {"privacy": "public"}),
    changed("course published", "slide.channel", {"name": "x", "user_id": "@me"},
            {"is_published": True}),
    changed("course opened", "slide.channel", {"name": "x", "is_published": True,
            "user_id": "@me",
            "visibility": "members", "enroll": "invite"}, {"visibility": "public"}),
    changed("job published", "hr.job", {"name": "x"}, {"website_published": True}),
    changed("description of a published job", "hr.job",
            {"name": "x", "website_published": True},
            {"website_description": "<p>Words</p>"}),
    changed("archived page brought back", "hr.job",
            {"name": "x", "website_published": True, "active": False},
            {"active": True}),
    changed("product published", "product.template", {"name": "x"},
            {"is_published": True}),
    changed("description of a published product", "product.template",
            {"name": "x", "is_published": True},
            {"website_description": "<p>Words</p>"}),
    changed("event published", "event.event", {"name": "x",
            "date_begin": "2030-01-01", "date_end": "2030-01-02"},
            {"is_published": True}),
    changed("event shown", "event.event", {"name": "x", "date_begin": "2030-01-01",
            "date_end": "2030-01-02", "website_visibility": "link"},
            {"website_visibility": "public"}, read=None),
    changed("survey opened", "survey.survey", {"title": "x", "access_mode": "token"},
            {"access_mode": "public"}, read=None),
    changed("project opened", "project.project",
            {"name": "x", "privacy_visibility": "followers"},
            {"privacy_visibility": "portal"}, read=None),
    changed("mailing group opened", "mail.group", {"name": "x", "alias_name": "x-y",
            "access_mode": "members"}, {"access_mode": "public"}, read=None),
    made("public file", "ir.attachment", {"name": "x.txt", "raw": b"Words",
         "public": True}, read=None),
    changed("file made public", "ir.attachment", {"name": "x.txt", "raw": b"Words"},
            {"public": True}, read=None),
    changed("channel opened to everybody", "discuss.channel",
            {"name": "x", "channel_type": "channel"}, {"group_public_id": False}),
    changed("channel opened to visitors", "discuss.channel",
            {"name": "x", "channel_type": "channel"},
            {"group_public_id": "@ref:base.group_public"}),
    made("channel made for everybody", "discuss.channel",
         {"name": "x", "channel_type": "channel", "group_public_id": False}),
    made("live chat", "im_livechat.channel", {"name": "Words"}, read=None),
    changed("words of the live chat", "im_livechat.channel", {"name": "x"},
            {"name": "Words"}, read=None),
]

#: They look like the above.
FREE = [
    made("blog post drafted", "blog.post", {"name": "x", "blog_id": "@blog.blog",
         "content": "<p>Words</p>"}),
    changed("blog post withdrawn", "blog.post", {"name": "x", "blog_id": "@blog.blog",
            "is_published": True}, {"is_published": False}),
    made("course drafted", "slide.channel", {"name": "x"}),
    changed("course closed", "slide.channel",
            {"name": "x", "user_id": "@me", "visibility": "public",
             "is_published": True},
            {"visibility": "connected", "is_published": False}),
    changed("archived draft brought back", "hr.job", {"name": "x", "active": False},
            {"active": True}),
    changed("page archived", "hr.job", {"name": "x", "website_published": True},
            {"active": False}),
    made("job drafted", "hr.job", {"name": "x", "description": "<p>Words</p>"}),
    made("product created", "product.template", {"name": "x",
         "description": "<p>Internal</p>"}),
    changed("price of a published product", "product.template",
            {"name": "x", "is_published": True}, {"list_price": 5, "name": "y"}),
    made("event drafted", "event.event", {"name": "x", "date_begin": "2030-01-01",
         "date_end": "2030-01-02"}),
    made("project", "project.project", {"name": "x"}),
    made("project for followers", "project.project",
         {"name": "x", "privacy_visibility": "followers"}),
    changed("project closed", "project.project",
            {"name": "x", "privacy_visibility": "portal"},
            {"privacy_visibility": "employees"}),
    changed("project as it was", "project.project",
            {"name": "x", "privacy_visibility": "portal"},
            {"privacy_visibility": "portal", "name": "y"}),
    made("survey", "survey.survey", {"title": "x", "user_id": False}),
    made("public meeting", "calendar.event", {"name": "x", "privacy": "public",
         "start": "2030-01-01 10:00:00", "stop": "2030-01-01 11:00:00"}),
    made("channel of colleagues", "discuss.channel",
         {"name": "x", "channel_type": "channel",
          "group_public_id": "@ref:base.group_user"}),
    made("file", "ir.attachment", {"name": "x.txt", "raw": b"Words"}),
    changed("file no longer public", "ir.attachment",
            {"name": "x.txt", "raw": b"Words", "public": True}, {"public": False}),
    made("contact", "res.partner", {"name": "x", "comment": "<p>Internal</p>"}),
    made("task", "project.task", {"name": "x", "description": "<p>Words</p>"}),
]
