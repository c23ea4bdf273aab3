//! The company, its places, money and products. Every table here is constant: a new field or model is one
//! entry, and no code. What a model does beyond keeping values is in `business`, and what it lets whom do
//! is in its `rights`.

use super::{
    FieldType, Model, Preset, SYSTEM, Source, Sql, USER, boolean, char, field, float, html, integer,
    many2many, many2one, model, one2many, selection,
};

const SALES: &str = "sales_team.group_sale_salesman_all_leads";
const SALES_MANAGER: &str = "sales_team.group_sale_manager";

pub(super) const MODELS: &[Model] = &[
    Model {
        order: "sequence, name",
        fields: &[
            char("name", "Company Name").required(),
            integer("sequence", "Sequence").preset(Preset::Number(10)),
            boolean("active", "Active").preset(Preset::True),
            many2one("parent_id", "Parent Company", "res.company"),
            one2many("child_ids", "Branches", "res.company", "parent_id"),
            many2one("partner_id", "Partner", "res.partner").required(),
            many2one("currency_id", "Currency", "res.currency").required(),
            char("email", "Email").from(Source::Related("partner_id.email")).sql(Sql::Column).writable(),
            char("phone", "Phone").from(Source::Related("partner_id.phone")).sql(Sql::Column).writable(),
            field("user_ids", "Accepted Users", FieldType::Many2manyOf("res.users", "company_ids")),
        ],
        unique: &[(&["name"], "The company name must be unique!")],
        ruled: true,
        ..model("res.company", "Companies", "base")
    },
    Model {
        order: "name, id",
        fields: &[
            char("name", "Country Name").required().translated(),
            char("code", "Country Code")
                .required()
                .help("The ISO country code in two chars. \nYou can use this field for quick search."),
            many2one("currency_id", "Currency", "res.currency"),
            integer("phone_code", "Country Calling Code"),
            one2many("state_ids", "States", "res.country.state", "country_id"),
        ],
        unique: &[
            (&["name"], "The name of the country must be unique!"),
            (&["code"], "The code of the country must be unique!"),
        ],
        ..model("res.country", "Country", "base")
    },
    Model {
        order: "code, id",
        rights: &[(USER, "r"), ("base.group_partner_manager", "rwc"), (SYSTEM, "rwcu")],
        fields: &[
            many2one("country_id", "Country", "res.country").required(),
            char("name", "State Name").required(),
            char("code", "State Code").required(),
        ],
        unique: &[(&["country_id", "code"], "The code of the state must be unique by country!")],
        ..model("res.country.state", "Country state", "base")
    },
    Model {
        order: "active desc, name",
        fields: &[
            char("name", "Currency").required(),
            char("full_name", "Name"),
            char("symbol", "Symbol").required(),
            float("rounding", "Rounding Factor"),
            boolean("active", "Active").preset(Preset::True),
            selection(
                "position",
                "Symbol Position",
                &[("after", "After Amount"), ("before", "Before Amount")],
            )
            .preset(Preset::Text("after")),
        ],
        unique: &[(&["name"], "The currency code must be unique!")],
        ..model("res.currency", "Currency", "base")
    },
    Model {
        order: "name, id",
        fields: &[
            char("name", "Name").required(),
            char("code", "Locale Code").required(),
            char("iso_code", "ISO code"),
            boolean("active", "Active"),
        ],
        ..model("res.lang", "Languages", "base")
    },
    Model {
        order: "default_code, name, id",
        thread: true,
        rights: &[(USER, "r"), (SALES, "r"), (SALES_MANAGER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").required().elsewhere().translated(),
            char("default_code", "Internal Reference"),
            boolean("active", "Active").preset(Preset::True),
            selection(
                "type",
                "Product Type",
                &[("consu", "Goods"), ("service", "Service"), ("combo", "Combo")],
            )
            .required()
            .preset(Preset::Text("consu"))
            .elsewhere(),
            float("lst_price", "Sales Price").preset(Preset::Number(1)).sql(Sql::None),
            float("standard_price", "Cost"),
            boolean("sale_ok", "Sales").preset(Preset::True).elsewhere(),
            boolean("purchase_ok", "Purchase").preset(Preset::True).elsewhere(),
            many2one("currency_id", "Currency", "res.currency").preset(Preset::Currency).sql(Sql::None),
            html("description", "Description").elsewhere().translated(),
            char("barcode", "Barcode").not_copied(),
            many2many("product_tag_ids", "Tags", "product.tag"),
        ],
        unique: &[(&["barcode"], "A product barcode must be unique.")],
        ruled: true,
        ..model("product.product", "Product Variant", "product")
    },
    Model {
        order: "name",
        fields: &[char("name", "Name").required().translated()],
        unique: &[(&["name"], "A tag with this name already exists.")],
        ..model("product.tag", "Product Tag", "product")
    },
];
