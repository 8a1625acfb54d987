//! The language of the user who has the backup made: Zoho writes the headers of the CSV files in it.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    Italian,
    Japanese,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::English, Language::Italian, Language::Japanese];

    pub fn record_labels(self) -> &'static str {
        match self {
            Language::English => {
                "Record Id,Name,Email,Account Name,Account Name.id,Description,Amount,Created Time,Modified Time"
            }
            Language::Italian => {
                "ID record,Nome,E-mail,Nome azienda,Nome azienda.id,Descrizione,Importo,Ora creazione,Ora modifica"
            }
            Language::Japanese => {
                "データID,名前,メール,取引先名,取引先名.id,詳細情報,総額,作成日時,更新日時"
            }
        }
    }

    pub fn index_labels(self) -> &'static str {
        match self {
            Language::English => {
                "Record Id,File Name,Size,Parent.id,Parent Id.Module,Created Time,Record Status,Link URL,Field.id,Old Attachment Id"
            }
            Language::Italian => {
                "ID record,Nome file,Dimensione,Padre.id,ID padre.Modulo,Ora creazione,Stato record,URL collegamento,Campo.id,ID allegato precedente"
            }
            Language::Japanese => {
                "データID,ファイル名,サイズ,親.id,親ID.モジュール,作成日時,ステータス,リンクURL,項目.id,旧添付ファイルID"
            }
        }
    }
}
