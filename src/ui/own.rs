use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::prelude::*;

use super::{
    controller::Controller,
    state::{Engine, Own, Session},
};
use crate::platform::{self, Setting};

/// What the user wants with a model of her own.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OwnWish {
    /// It is in this archive.
    Open(File),
    /// It is to read no more.
    Close,
    /// It is to be kept on the device.
    Keep,
    /// It is to be kept no longer.
    Forget,
}

/// Does what the user wants with a model of her own, opens the one that is kept, and has it read the film that is shown. Returns
/// whether one is kept.
#[hook]
pub(super) fn use_own(session: &Session, controller: &Rc<Controller>) -> (bool, Callback<OwnWish>) {
    let kept = use_state_eq(|| Setting::OwnModel.kept());
    {
        let (controller, ready) = (controller.clone(), session.engine == Engine::Ready);
        use_effect_with(ready, move |&ready| {
            if ready && Setting::OwnModel.kept().is_some() && controller.own_archive().is_none() {
                spawn_local(async move {
                    if let Some(archive) = platform::kept_model().await {
                        controller.open_own(archive);
                    }
                });
            }
        });
    }
    let own = match &session.own {
        Own::Open(facts) => Some(facts.archive_sha256.clone()),
        Own::None | Own::Opening | Own::Refused(_) => None,
    };
    {
        let shown = session.selected().filter(|film| film.answer().is_some() && film.own.is_none());
        let controller = controller.clone();
        use_effect_with((shown.map(|film| film.id), own.clone()), move |(film, own)| {
            if let (Some(film), Some(_)) = (film, own) {
                controller.read_own(*film);
            }
        });
    }
    let wish = {
        let (controller, set_kept) = (controller.clone(), kept.setter());
        use_callback(own.clone(), move |wish, own| match wish {
            OwnWish::Open(archive) => controller.open_own(archive),
            OwnWish::Close => controller.close_own(),
            OwnWish::Keep => {
                let Some((archive, sha256)) = controller.own_archive().zip(own.clone()) else { return };
                let set_kept = set_kept.clone();
                spawn_local(async move {
                    if platform::keep_model(&archive, &sha256).await.is_ok() {
                        set_kept.set(Some(sha256));
                    }
                });
            }
            OwnWish::Forget => {
                let set_kept = set_kept.clone();
                spawn_local(async move {
                    platform::forget_model().await;
                    set_kept.set(None);
                });
            }
        })
    };
    // Another one may be open than the one that is kept.
    let is_kept = kept.is_some() && (own.is_none() || *kept == own);
    (is_kept, wish)
}
