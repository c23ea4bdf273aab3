//! What a field is: its type, where its value comes from, what a new record gets, and what follows from one for another.
//! Nothing here touches a record.

/// The type of a field and what it points to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldType {
    /// One line of text.
    Char,
    /// Several lines.
    Text,
    /// Markup.
    Html,
    /// 32 bits in PostgreSQL.
    Integer,
    /// A double.
    Float,
    /// An amount in the record's currency.
    Monetary,
    /// True or false, never unset.
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DD HH:MM:SS`, UTC.
    Datetime,
    /// One of these values.
    Selection(&'static [(&'static str, &'static str)]),
    /// A record of that model.
    Many2one(&'static str),
    /// Records of that model whose field points here.
    One2many(&'static str, &'static str),
    /// Rows of that model with `model`/`res_model` and `res_id` pointing here.
    Thread(&'static str),
    /// Records of that model.
    Many2many(&'static str),
    /// The other side of a many2many stored there under that field.
    Many2manyOf(&'static str, &'static str),
    /// Base64.
    Binary,
    /// The id of a record whose model another field names.
    Reference,
}

/// Where a value comes from.
#[derive(Clone, Copy)]
pub enum Source {
    /// Kept in the row.
    Stored,
    /// Read along a path of many2ones.
    Related(&'static str),
    /// The sum of a field over the records of an x2many.
    Sum(&'static str, &'static str),
    /// How many records an x2many has.
    Count(&'static str),
    /// Whatever a function makes of the record.
    Computed(crate::sandbox::computed::Computation),
}

/// What SQL has of a field: whether it can be searched, sorted and grouped by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sql {
    /// Everything.
    Column,
    /// Odoo finds records by it, and does no more.
    Search,
    /// Nothing.
    None,
}

/// What a new record gets when nothing is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Preset {
    /// Nothing.
    None,
    /// This text.
    Text(&'static str),
    /// This number.
    Number(i64),
    /// True.
    True,
    /// The current date.
    Today,
    /// The current time.
    Now,
    /// The calling user.
    User,
    /// The user's company.
    Company,
    /// The company's currency.
    Currency,
    /// The next free number behind this prefix.
    Sequence(&'static str),
    /// The record with the lowest id of the related model.
    First,
}

/// What happens to a record when the one it points to is deleted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OnDelete {
    /// The field is emptied.
    SetNull,
    /// The deletion is refused.
    Restrict,
    /// The record goes too.
    Cascade,
}

/// A field of a model.
#[derive(Clone, Copy)]
pub struct Field {
    /// Technical name.
    pub name: &'static str,
    /// Label in English.
    pub label: &'static str,
    /// Type.
    pub kind: FieldType,
    /// Shown as required.
    pub required: bool,
    /// Required, and PostgreSQL insists (NOT NULL).
    pub not_null: bool,
    /// Not for users to write.
    pub readonly: bool,
    /// Where values come from.
    pub source: Source,
    /// What SQL has of it.
    pub sql: Sql,
    /// Value of a new record.
    pub preset: Preset,
    /// Explanation for users.
    pub help: &'static str,
    /// A number that is a place or a colour: nothing is said of the sum of such.
    pub no_sum: bool,
    /// Odoo keeps it on another record that it stands for.
    pub elsewhere: bool,
    /// Its text is another in each language.
    pub translated: bool,
    /// Taken over by `copy`.
    pub copy: bool,
    /// Only members of this group see it.
    pub group: &'static str,
    /// For a many2one.
    pub on_delete: OnDelete,
    /// Lines that are not its own: a field of theirs, and the value that it then has.
    pub without: Option<(&'static str, &'static str)>,
    /// For a computed field that can be written: the boolean it sets and the value that means true.
    pub inverse: Option<(&'static str, &'static str)>,
}

/// A field with everything off.
pub fn field(name: &'static str, label: &'static str, kind: FieldType) -> Field {
    Field {
        name,
        label,
        kind,
        required: false,
        not_null: false,
        readonly: false,
        source: Source::Stored,
        sql: match kind {
            FieldType::One2many(..) | FieldType::Thread(_) => Sql::Search,
            FieldType::Binary => Sql::Search,
            _ => Sql::Column,
        },
        preset: Preset::None,
        help: "",
        no_sum: false,
        elsewhere: false,
        translated: false,
        copy: !matches!(kind, FieldType::One2many(..) | FieldType::Thread(_) | FieldType::Many2manyOf(..)),
        group: "",
        on_delete: OnDelete::SetNull,
        without: None,
        inverse: None,
    }
}

impl Field {
    /// Required; a many2one then refuses the deletion of its target.
    pub fn required(mut self) -> Field {
        self.required = true;
        self.not_null = true;
        if matches!(self.kind, FieldType::Many2one(_)) {
            self.on_delete = OnDelete::Restrict;
        }
        self
    }

    /// Not for users to write.
    pub fn readonly(mut self) -> Field {
        self.readonly = true;
        self.copy = false;
        self
    }

    /// Computed from elsewhere, and so read-only.
    pub fn from(mut self, source: Source) -> Field {
        self.source = source;
        self.sql = match source {
            Source::Related(_) => Sql::Search,
            _ => Sql::None,
        };
        self.readonly = true;
        self.copy = false;
        self
    }

    /// Whether the row keeps it.
    pub fn stored(&self) -> bool {
        matches!(self.source, Source::Stored)
            && !matches!(
                self.kind,
                FieldType::One2many(..) | FieldType::Thread(_) | FieldType::Many2manyOf(..)
            )
    }

    /// Whether a line is not one of its own.
    pub fn leaves_out(&self, line: &crate::sandbox::world::Row) -> bool {
        self.without
            .is_some_and(|(name, value)| line.get(name).and_then(serde_json::Value::as_str) == Some(value))
    }

    /// The model it points to.
    pub fn relation(&self) -> Option<&'static str> {
        match self.kind {
            FieldType::Many2one(model)
            | FieldType::One2many(model, _)
            | FieldType::Thread(model)
            | FieldType::Many2many(model)
            | FieldType::Many2manyOf(model, _) => Some(model),
            _ => None,
        }
    }

    /// Whether it holds several records.
    pub fn is_x2many(&self) -> bool {
        self.relation().is_some() && !matches!(self.kind, FieldType::Many2one(_))
    }

    /// How Odoo puts its values together when nothing is said.
    pub fn aggregator(&self) -> Option<&'static str> {
        match (self.kind, self.name) {
            (_, "id" | "sequence") => None,
            _ if self.no_sum => None,
            (_, "probability" | "interval_number") => Some("avg"),
            (FieldType::Integer | FieldType::Float | FieldType::Monetary, _) if self.sql == Sql::Column => {
                Some("sum")
            }
            _ => None,
        }
    }

    /// Odoo's name of the type.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            FieldType::Char => "char",
            FieldType::Text => "text",
            FieldType::Html => "html",
            FieldType::Integer => "integer",
            FieldType::Float => "float",
            FieldType::Monetary => "monetary",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::Datetime => "datetime",
            FieldType::Selection(_) => "selection",
            FieldType::Many2one(_) => "many2one",
            FieldType::One2many(..) | FieldType::Thread(_) => "one2many",
            FieldType::Many2many(_) | FieldType::Many2manyOf(..) => "many2many",
            FieldType::Binary => "binary",
            FieldType::Reference => "many2one_reference",
        }
    }
}
