//! The second language: French labels for the fields that people meet most.
//! A label that is not here stays English, as in an Odoo whose translation
//! is incomplete.

const FRENCH: &[(&str, &str)] = &[
    ("Active", "Actif"),
    ("Address Type", "Type d'adresse"),
    ("Assigned to", "Assigné à"),
    ("Assignees", "Personnes assignées"),
    ("City", "Ville"),
    ("Company", "Société"),
    ("Company Type", "Type de société"),
    ("Contact", "Contact"),
    ("Country", "Pays"),
    ("Created by", "Créé par"),
    ("Created on", "Créé le"),
    ("Credit Limit", "Limite de crédit"),
    ("Currency", "Devise"),
    ("Customer", "Client"),
    ("Deadline", "Date limite"),
    ("Display Name", "Nom d'affichage"),
    ("Email", "E-mail"),
    ("Employee", "Employé"),
    ("In Progress", "En cours"),
    ("Language", "Langue"),
    ("Name", "Nom"),
    ("Notes", "Notes"),
    ("Person", "Personne"),
    ("Phone", "Téléphone"),
    ("Priority", "Priorité"),
    ("Project", "Projet"),
    ("Related Company", "Société liée"),
    ("Salesperson", "Vendeur"),
    ("Stage", "Étape"),
    ("State", "État"),
    ("Status", "Statut"),
    ("Street", "Rue"),
    ("Tags", "Étiquettes"),
    ("Task", "Tâche"),
    ("Tasks", "Tâches"),
    ("Time Spent", "Temps passé"),
    ("Title", "Titre"),
    ("Zip", "Code postal"),
];

/// A label in a language.
pub fn translate(language: &str, label: &'static str) -> &'static str {
    if language != "fr_FR" {
        return label;
    }
    FRENCH.iter().find(|(english, _)| *english == label).map_or(label, |(_, french)| french)
}
