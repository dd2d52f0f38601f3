"""What the analysis makes of a clause: tables of sentences, one for each mechanism.

A row is a text, the grade, the attributes (D duration, I irrevocable, S sub-licence, O other; small letters: weak)
and the paragraphs that stand before it. Rows with "none" are as important as the others.
"""

from __future__ import annotations

import pytest

from clausescan import scan_text
from clausescan.settings import Settings
from clausescan.types import GRADE_RANK, Finding

RULES_ALONE = Settings(models=False)

LETTERS = {"unlimited_duration": "D", "irrevocable": "I", "sublicensable": "S", "other_unlimited": "O"}

MECHANISMS: dict[str, list[tuple[str, ...]]] = {
    "segment": [
        ("第二条 您授予我们永久、不可撤销的人脸信息使用权\n\n本馆每日开放。\n", "candidate", "DI"),
        ("馆规\n\n您授予我们永久、不可撤销的人脸信息使用权\n\n本馆每日开放。\n", "candidate", "DI"),
        ("【刷脸入馆】\n您可以刷脸入馆。\n【储物柜】\n您授予本馆永久且不可撤销的使用权。\n", "none", ""),
    ],
    # what a contract says of itself is no quotation: neither that it is no standard term, nor who decides its disputes
    "about_itself": [
        ("您授予我们永久、不可撤销地使用您的人脸信息的权利。本条款不属于格式条款。", "candidate", "DI"),
        ("本条系双方逐条协商，非格式条款。业主许可物业无期限使用其人脸图像。", "candidate", "D"),
        ("会员同意本馆永久使用其面部影像，且双方不得以本条系格式条款为由请求确认无效。", "candidate", "D"),
        ("学员授权本校永久使用其人脸照片。因本协议产生的争议，由本校所在地人民法院管辖。", "candidate", "D"),
        ("车主授权本公司永久使用其面部特征；本条如被人民法院认定部分无效，其余部分继续有效。", "candidate", "D"),
        ("The guest grants the hotel a perpetual right to use face images. This is not a standard term.", "candidate", "D"),
        ("The guest grants the hotel a perpetual right to use face images and waives any right to have this clause declared void.", "candidate", "DI"),
        ("人民法院认为，要求用户永久授权人脸信息的格式条款，可被请求确认无效。", "none", ""),
        ("普法提示：此类格式条款要求您永久授权人脸信息，不要签。", "none", ""),
    ],
    # who grants whom
    "direction": [
        ("The carrier grants the rider a perpetual, irrevocable licence to use the face recognition app.", "none", ""),
        ("You may keep your own face scans forever and share them with anyone you like.", "none", ""),
        ("The hotel hereby licenses guests, irrevocably and in perpetuity, to use the face kiosk software.", "none", ""),
        ("租客可将刷脸门禁的使用权转让给任何第三方。", "none", ""),
        ("承运人从乘客处取得不可撤销的人脸图像使用权。", "candidate", "I"),
        ("读者授予图书馆永久使用其刷脸入馆影像的权利。", "candidate", "D"),
        ("图书馆授予读者一项永久、不可撤销的许可，以使用人脸识别借书机。", "none", ""),
        ("你允许我们把你的面部视频不限时间地用于训练。", "candidate", "D"),
        ("你可以永久保存自己拍下的人脸照片，也可以转授权给朋友。", "none", ""),
        ("租客同意房东不可撤销地持有其人脸模板。", "candidate", "I"),
        ("对租客的人脸模板，房东有权转让给任何人。", "candidate", "S"),
        ("本馆向您授予使用刷脸闸机的许可，该许可不可转让、不可再许可。", "none", ""),
        ("您有权永久保留我们为您生成的人脸照片。", "none", ""),
        ("The rider grants the carrier a perpetual right to use the rider's face images.", "candidate", "D"),
        ("We may sublicense your face recordings to anyone.", "candidate", "S"),
        ("Guests irrevocably authorise the hotel to process their facial features.", "candidate", "I"),
        ("被拍摄者获得永久、免费下载其人脸照片的许可。", "none", ""),
        ("We grant you a non-transferable and revocable licence to use the face login.", "none", ""),
        ("You receive from us a perpetual licence to the face filter.", "none", ""),
    ],
    # a denial and how far it reaches
    "negation": [
        ("我们不收取任何费用，但可以永久使用您的人脸视频。", "candidate", "D"),
        ("No perpetual or irrevocable right over your face data is claimed by us.", "none", ""),
        ("我们不会永久保存您的人脸图像。", "none", ""),
        ("未经本人书面同意，博物馆不得将观众的人脸视频转让给任何第三方。", "none", ""),
        ("博物馆绝不主张对观众人脸信息享有永久或不可撤销的权利。", "none", ""),
        ("禁止任何员工无限期保留访客的面部图像。", "none", ""),
        ("观众的人脸图像不会被转授权，也不会被长期保存。", "none", ""),
        ("我们不出售您的手机号，您的人脸特征则由我们永久使用。", "candidate", "D"),
        ("观众不得撤回对其人脸视频的授权。", "candidate", "I"),
        ("The museum will never keep visitors' face images indefinitely.", "none", ""),
        ("Neither we nor our staff may transfer your face templates to any third party.", "none", ""),
        ("Entry is not charged, but you grant us a perpetual right to use your face images.", "candidate", "D"),
        ("You may not withdraw your consent to the use of your face images.", "candidate", "I"),
        ("We do not sell your phone number; you authorise us to use your face images forever.", "candidate", "D"),
        ("门票不另收费，但本馆可以永久使用您的人脸视频。", "candidate", "D"),
        ("我们没有权利永久使用您的人脸视频。", "none", ""),
        ("本馆不得拒绝您撤回对人脸视频的授权。", "none", ""),
        ("We do not, and will not, keep your face images indefinitely.", "none", ""),
        ("The gallery has no right to use your face videos in perpetuity.", "none", ""),
        ("The gallery may not refuse your request to withdraw consent to face scanning.", "none", ""),
    ],
    # a denial that stands over the whole grant
    "outer_negation": [
        ("您无需授权我们永久使用您的人脸信息。", "none", ""),
        ("不存在您须授予我们永久使用人脸信息之权利的情形。", "none", ""),
        ("本协议的任何内容均不得解释为您授予我们不可撤销地使用人脸图像的权利。", "none", ""),
        ("我们不要求您同意将人脸数据转授权给任何第三方。", "none", ""),
        ("Nothing in these rules gives us a perpetual licence to your face images.", "none", ""),
        ("Nothing here shall be read as an irrevocable consent to the use of your face data.", "none", ""),
        ("You are not required to grant us an irrevocable right to your face scans.", "none", ""),
        ("We do not ask for any perpetual or sublicensable right to your face data.", "none", ""),
        ("我们无意取得对您人脸信息的永久权利。", "none", ""),
        ("本须知并不意味着您授予我们不可撤销地使用面部图像的权利。", "none", ""),
        ("We never ask you to waive the right to withdraw your consent to face scanning.", "none", ""),
    ],
    # what is taken out of a grant, before it, after it or in the next sentence
    "carve_out": [
        ("会员授予我们永久使用其人脸照片的权利，但会员的证件号码除外。", "candidate", "D"),
        ("会员授予我们永久使用其人脸照片的权利，法律另有规定的除外。", "candidate", "D"),
        ("会员授予我们永久使用其投稿的权利，但会员的人脸照片除外。", "none", ""),
        ("除人脸信息外，会员授予我们永久使用其全部资料的权利。", "none", ""),
        ("会员授予我们永久、不可撤销地使用其照片的权利。前述照片不包括含有面部特征的图像。", "none", ""),
        ("Members give us a perpetual licence to their posts, excluding any face images.", "none", ""),
        ("Except for facial data, members grant us a perpetual and irrevocable licence to everything they upload.", "none", ""),
        ("Members grant us a perpetual licence to their photos. This licence does not cover face images.", "none", ""),
        ("Members grant us a perpetual licence to their face images, excluding their passport numbers.", "candidate", "D"),
        ("会员授予我们永久使用其人脸照片的权利，但不包括会员的证件号码。", "candidate", "D"),
        ("会员授予我们永久使用其人脸照片的权利，法律另有规定的从其规定。", "candidate", "D"),
        ("会员授予我们永久使用其上传内容的权利，该许可不适用于会员的人脸图像。", "none", ""),
        ("Members grant us a perpetual licence to everything they upload, but not to their face images.", "none", ""),
    ],
    # defined terms
    "definition": [
        ("学员同意驾校永久使用报名影像。", "candidate", "D", "“报名影像”是指学员的人脸照片及从中提取的面部特征。"),
        ("学员许可驾校转授权他人使用身份包。", "candidate", "S", "学员的姓名、人脸图像及人脸特征值（以下简称“身份包”）由驾校保管。"),
        ("学员同意驾校永久使用训练素材。", "review", "D", "“训练素材”包括学员的肖像和练车视频。"),
        ("乙方不可撤销地许可甲方使用“核验档案”。", "candidate", "I", "“核验档案”：人脸照片、活体检测视频、身份证影像。"),
        (
            "Learners allow the school to keep the Enrolment File indefinitely.",
            "candidate",
            "D",
            '"Enrolment File" means the learner\'s face photographs and the template made from them.',
        ),
        (
            "Learners allow the school to keep the Enrolment File indefinitely.",
            "none",
            "",
            '"Enrolment File" means the learner\'s licence number and test dates.',
        ),
        (
            "Learners irrevocably license the Entry Records to the school.",
            "candidate",
            "I",
            'We record your facial features and the time of entry (the "Entry Records").',
        ),
        (
            "Learners grant the school a perpetual licence to the Course Media.",
            "review",
            "D",
            '"Course Media" includes portraits and videos of the learner.',
        ),
        ("学员同意驾校永久使用入学档案。", "none", "", "“入学档案”是指学员的驾驶证号和考试日期。"),
        ("学员同意驾校永久使用课程资料。", "none", "", "“课程资料”指教材、题库及课件。"),
    ],
    # back references; with two possible antecedents never more than review
    "reference": [
        ("您同意滑雪场永久使用该等内容。", "review", "D", "滑雪场在缆车入口采集您的人脸图像，并收集您发布的雪场评论。"),
        ("您同意滑雪场永久使用该等信息。", "review", "D", "滑雪场在缆车入口采集您的人脸图像。您可以发布雪场评论。"),
        ("该等内容由滑雪场永久使用，您表示同意。", "review", "D", "闸机拍摄您的面部照片，应用保存您发布的评论。"),
        ("您同意滑雪场将前述数据转授权给任何第三方。", "candidate", "S", "您的面部特征由闸机提取。"),
        ("您同意滑雪场将其永久用于营销。", "candidate", "D", "滑雪场在缆车入口采集您的人脸图像。"),
        ("上述信息可由滑雪场永久使用。", "none", "", "滑雪场记录您租用的雪板编号。"),
        ("该授权不可撤销。", "candidate", "I", "您授权滑雪场使用您的人脸图像。"),
        (
            "You agree that the resort may use such data forever.",
            "candidate",
            "D",
            "The resort captures an image of your face at the lift.",
        ),
        ("This consent is irrevocable.", "candidate", "I", "You consent to the resort using your face images at the lift."),
        (
            "The resort may pass the foregoing to any third party without further consent.",
            "candidate",
            "S",
            "Your facial features are extracted by the gate.",
        ),
        ("You agree that the resort may use such data forever.", "none", "", "The resort records the number of your ski pass."),
        (
            "You agree that the resort may use it in perpetuity.",
            "review",
            "D",
            "The gate takes an image of your face and you may post a review of the slope.",
        ),
        ("您同意我们永久使用上述评论。", "none", "", "您可以刷脸登录。", "您可以在应用内发布评论。"),
        ("滑雪场有权永久使用上述信息。", "candidate", "D", "滑雪场在缆车入口采集您的人脸图像。"),
    ],
    # what a heading or the title governs
    "heading": [
        ("三、人脸信息\n您授予本馆永久且不可撤销的使用权。", "candidate", "DI"),
        ("三、储物柜\n您授予本馆永久且不可撤销的使用权。", "none", ""),
        ("刷脸入馆授权书\n\n本人同意本馆永久使用，且不得撤回。", "candidate", "DI"),
        ("意见征集表\n\n本人同意本馆永久使用，且不得撤回。", "none", ""),
        ("第四条 人脸识别\n（一）本馆每日开放。\n（二）您授权本馆无限期使用并可转授权。\n", "candidate", "DS"),
        ("第四条 人脸识别\n本馆设刷脸闸机。\n第五条 建议与反馈\n您授权本馆无限期使用您的建议。\n", "none", ""),
        ("5. Face recognition\nYou grant the gallery a perpetual and irrevocable licence.\n", "candidate", "DI"),
        ("5. Lockers\nYou grant the gallery a perpetual and irrevocable licence.\n", "none", ""),
        (
            "5. Face recognition\nFaces open the gate.\n6. Feedback\nYou grant the gallery a perpetual licence to your feedback.\n",
            "none",
            "",
        ),
        ("Face scan consent form\n\nI agree that this consent is irrevocable.\n", "candidate", "I"),
        ("馆规\n\n第一条 您的肖像与人脸\n您授权本馆永久使用。\n第二条 泳道\n泳道可以转让。\n", "candidate", "D"),
        ("4. Face templates\n4.1 You license us to use them.\n4.2 The licence is irrevocable.\n", "candidate", "I"),
    ],
    # general modifiers, survival lists, use after the end
    "survival": [
        ("协议终止后，关于押金的条款继续有效。", "none", "", "第二条 乘客授权公司采集并使用其人脸图像。"),
        ("The clause on deposits survives termination.", "none", "", "2. The passenger licenses the carrier to use the passenger's face images."),
        ("本协议项下的各项授权均为永久、不可撤销。", "candidate", "DI", "第二条 乘客授权公司采集并使用其人脸图像。"),
        ("本协议项下的各项授权均为永久、不可撤销。", "none", "", "第二条 乘客授权公司使用其座位号。"),
        ("本协议终止后，关于人脸信息使用的条款继续有效。", "candidate", "D"),
        ("协议终止后，您对我们使用人脸图像的授权仍然有效。", "candidate", "D"),
        ("注销账户后，我们仍可使用此前取得的面部视频。", "candidate", "D"),
        ("撤回同意后，我们仍可使用此前取得的面部视频。", "candidate", "I"),
        (
            "All licences granted under these terms are perpetual and irrevocable.",
            "candidate",
            "DI",
            "2. The passenger licenses the carrier to use the passenger's face images.",
        ),
        ("The licence to your face images survives termination of this agreement.", "candidate", "D"),
        ("We may go on using your face recordings after your account is closed.", "candidate", "D"),
        ("We may go on using your face recordings after you withdraw your consent.", "candidate", "I"),
        (
            "The provisions on lost property survive termination.",
            "none",
            "",
            "2. The passenger licenses the carrier to use the passenger's face images.",
        ),
    ],
    # a lead-in and its items
    "lead_in": [
        ("酒店不会：\n（一）永久保存住客的人脸图像；\n（二）把人脸图像转授权他人。", "none", ""),
        ("The hotel will not:\n(a) keep the guest's face images forever; or\n(b) sublicense the guest's face images.", "none", ""),
        ("我们承诺不会：\n1. 无限期保存您的面部视频；\n2. 转授权他人使用您的面部视频。", "none", ""),
        ("本店不得实施下列行为：\n1. 永久保存顾客的人脸图像；\n2. 将人脸图像提供给任何第三方。", "none", ""),
        ("We promise that we will never:\n(a) keep your face video indefinitely;\n(b) sublicense your face video.", "none", ""),
        ("住客同意酒店：\n（一）采集住客的人脸图像；\n（二）永久保存；\n（三）提供给任何第三方。", "candidate", "DS"),
        ("住客同意酒店：\n（一）登记住客的车牌；\n（二）永久保存；\n（三）提供给任何第三方。", "none", ""),
        ("住客可以：\n1. 随时查看其人脸图像；\n2. 永久删除其人脸图像。", "none", ""),
        ("住客就其人脸图像授予酒店下列权利：\n1. 无限期使用；\n2. 再许可给集团外的任何人。", "candidate", "DS"),
        (
            "The guest lets the hotel:\n(a) photograph the guest's face;\n(b) keep the images forever; and\n(c) sublicense them.",
            "candidate",
            "DS",
        ),
        ("The guest agrees that the hotel may:\n(a) note the guest's number plate;\n(b) keep the note forever.", "none", ""),
        (
            "As to the guest's face template, the hotel may:\n(i) use it without limit of time;\n(ii) assign it to any third party.",
            "candidate",
            "DS",
        ),
    ],
    # rows with their header
    "table": [
        ("授权内容 | 能否撤回 | 能否转授权\n人脸图像的使用 | 随时可以撤回 | 不可以\n", "none", ""),
        ("资料 | 用途 | 保存期限\n人脸图像 | 开闸 | 永久\n车牌 | 计费 | 一年\n", "review", "D"),
        ("资料 | 用途 | 保存期限\n人脸图像 | 开闸 | 30日\n车牌 | 计费 | 永久\n", "none", ""),
        ("资料 | 用途 | 保存期限\n面部特征 | 识别 | 核验后立即删除\n", "none", ""),
        ("Data | Purpose | Kept\nFace images | Gate | indefinitely\nNumber plate | Billing | one year\n", "review", "D"),
        ("Data | Purpose | Kept\nFace images | Gate | 30 days\nNumber plate | Billing | indefinitely\n", "none", ""),
        ("Data | Purpose | Kept\nFace templates | Gate | until you leave\nInvoices | Tax | forever\n", "none", ""),
        ("Use | Can it be withdrawn | Kept\nFace images | no | indefinitely\n", "review", "DI"),
    ],
    # attribute words that belong to another object
    "attachment": [
        ("您对菜品的评价可以随时删除，但人脸图像授权本店永久使用。", "candidate", "D"),
        ("You grant us a perpetual licence to your reviews; your face image is deleted after payment.", "none", ""),
        ("您的菜谱投稿由本店永久使用并可转授权；刷脸仅用于结账。", "none", ""),
        ("伪造人脸照片入场的，永久禁止入场。", "none", ""),
        ("您可申请永久删除人脸图像。", "none", ""),
        ("结账时采集人脸图像，核对后删除；您对菜品的评价由本店永久使用。", "none", ""),
        ("本店的商标、软件及人脸识别算法的一切权利永久归本店所有。", "none", ""),
        ("您的评价和人脸图像均由本店永久使用，您表示同意。", "candidate", "D"),
        ("本店可转让其租约；人脸图像只在店内核对。", "none", ""),
        ("Your recipes may be used by us forever; face images only open the till.", "none", ""),
        ("Anyone who uses a false face image is permanently banned.", "none", ""),
        ("You can have your face images permanently erased.", "none", ""),
        ("You grant us a perpetual licence to your reviews and your face images.", "candidate", "D"),
        ("本店永久保留您的积分，人脸图像当日删除。", "none", ""),
        ("You permit us to use your reviews forever and to delete your face images at any time.", "none", ""),
        ("Face images are erased each night, and points are kept forever.", "none", ""),
        ("The perpetual licence covers our trade marks, the software and the face recognition engine.", "none", ""),
    ],
    # limits that cure in full, in part or not at all
    "cure": [
        ("您同意我们将人脸图像提供给合作伙伴，具体为云影科技有限公司，仅用于开门。", "none", ""),
        ("您同意我们永久使用您的人脸图像，直至您撤回；撤回可随时免费办理，我们随即删除。", "none", ""),
        ("您同意我们永久使用您的人脸图像，直至您撤回同意。", "review", "d"),
        ("在法律允许的范围内，您授权我们永久使用您的人脸图像。", "candidate", "D"),
        ("除法律法规另有规定外，您的人脸图像由我们永久使用，您对此同意。", "candidate", "D"),
        ("您的人脸图像经您单独同意后方可提供给任何第三方。", "none", ""),
        ("您的人脸图像仅在租期内使用，期满十日内删除。", "none", ""),
        ("如需停止使用您的人脸图像，您只能注销账户。", "review", "i"),
        ("To the extent permitted by law, you authorise us to use your face images in perpetuity.", "candidate", "D"),
        (
            "You let us use your face images indefinitely until you withdraw; you may withdraw for free and we then delete them.",
            "none",
            "",
        ),
        ("You authorise us to use your face images indefinitely until you withdraw your consent.", "review", "d"),
        ("We pass your face images to third parties only with your separate consent.", "none", ""),
        ("Face images are used during the lease only and deleted within ten days of its end.", "none", ""),
        ("If you want us to stop using your face images, your only option is to delete your account.", "review", "i"),
        ("Unless the law provides otherwise, you permit us to keep your face images forever.", "candidate", "D"),
        ("您同意我们将人脸图像仅提供给云影科技有限公司用于开门核验。", "none", ""),
        ("依反洗钱法，人脸核验记录保存五年，期满删除。", "none", ""),
        ("撤回须经我们审核同意，您的人脸图像方停止使用。", "review", "i"),
        ("您的人脸图像仅在注销账户前使用，注销后十五日内删除。", "none", ""),
        ("We share your face images only with Northgate Ltd, named in Annex 2, for opening the door.", "none", ""),
        ("Face check records are kept for the five years that the anti-money-laundering law requires and then deleted.", "none", ""),
    ],
    # the person's own right
    "own_right": [
        ("您对自己的人脸信息永久享有查阅、复制的权利。", "none", ""),
        ("Your right to obtain a copy of your face images lasts forever.", "none", ""),
        ("您可随时撤回刷脸授权；撤回不影响此前已完成的处理。", "none", ""),
        ("您有权要求我们永久删除人脸模板。", "none", ""),
        ("您可以自主决定将自己的人脸视频提供给任何第三方。", "none", ""),
        ("撤回刷脸授权后，我们有权继续使用已有的人脸模板。", "candidate", "I"),
        ("You may withdraw your consent to face entry at any time; withdrawal does not affect what was done before.", "none", ""),
        ("You are entitled to have your face template permanently erased.", "none", ""),
        ("You may decide to give your own face videos to any third party.", "none", ""),
    ],
    # quotations, questions and answers, the law
    "mention": [
        ("问：你们会要求我永久授权人脸信息吗？答：不会。", "none", ""),
        ("如果有人要求您签署“永久、不可撤销地使用人脸信息”的表格，请联系客服。", "none", ""),
        ("网上流传的“刷脸即永久授权人脸信息”的说法并不属实。", "none", ""),
        ("依照司法解释的规定，要求自然人授予不可撤销的处理人脸信息权利的格式条款，可以请求确认无效。", "none", ""),
        ("旧版条款曾约定“用户永久授权平台使用人脸图像”，现已删除。", "none", ""),
        ("您同意“永久使用”适用于您的人脸图像。", "candidate", "D"),
        ("Q: Do you ask for a perpetual right to my face data? A: No.", "none", ""),
        ('If anyone asks you to sign a form headed "irrevocable consent to face scanning", call us.', "none", ""),
        (
            "Article 11 of the judicial interpretation is about standard terms that require irrevocable rights over face information.",
            "none",
            "",
        ),
        ('The former wording, "you grant us a perpetual right to your face images", has been removed.', "none", ""),
    ],
    # data that stays on the device
    "on_device": [
        ("人脸模板先保存在手机本地，随后上传服务器，由我们永久使用，您表示同意。", "candidate", "D"),
        ("人脸模板只保存在您的手机本地，我们无法获取；该模板在本地永久保存。", "none", ""),
        ("人脸数据仅存储于门锁芯片内，不会上传，可长期有效。", "none", ""),
        ("Face templates are stored only on your phone and never leave it; they stay there permanently.", "none", ""),
        ("Face data is processed locally on the lock and is not sent to us, and is valid indefinitely.", "none", ""),
        ("Face templates are uploaded to our servers, where you permit us to use them permanently.", "candidate", "D"),
        ("人脸模板由我们的服务器永久保存，您表示同意；手机本地不留存。", "candidate", "D"),
        ("您的面容数据由手机系统在本地验证，我们不收集、不存储，也无从永久使用。", "none", ""),
        ("Your face map stays in your phone's secure chip for good; we have no access to it.", "none", ""),
    ],
    # anonymous or only de-identified
    "anonymised": [
        ("经不可逆匿名化处理的客流统计由我们永久保存，其中不含人脸图像。", "none", ""),
        ("您同意我们永久使用去标识化后的人脸特征。", "candidate", "D"),
        ("您同意我们永久使用加密后的人脸特征值。", "candidate", "D"),
        ("匿名化后的人脸统计数据可永久用于研究。", "none", ""),
        ("Irreversibly anonymised counts from the face camera may be kept indefinitely.", "none", ""),
        ("You agree that we may use de-identified face templates in perpetuity.", "candidate", "D"),
        ("You agree that we may use hashed face templates forever.", "candidate", "D"),
    ],
    # a business as counterparty
    "business": [
        ("开发者应确保其最终用户授予平台永久使用其人脸图像的权利。", "review", "D"),
        ("商户须从其顾客处取得使平台可无限期使用顾客人脸信息的授权。", "review", "D"),
        ("供应商授予平台永久、不可撤销地使用其人脸识别算法文档的许可。", "none", ""),
        ("员工授予公司永久使用其打卡人脸照片的权利。", "candidate", "D"),
        ("Vendor grants the Platform a perpetual licence to its face recognition documentation.", "none", ""),
        ("The developer shall procure that its end users grant the Platform a perpetual right to their face images.", "review", "D"),
        (
            "Merchant must obtain from each of its customers an irrevocable consent allowing the Platform to use their face data.",
            "review",
            "I",
        ),
        ("Employees grant the company a perpetual right to use their face images for the time clock.", "candidate", "D"),
        ("开发者应当确保其用户授予平台永久使用用户人脸图像的权利。", "review", "D"),
        ("客户公司保证已取得其员工的不可撤销的同意，使服务商得以使用员工人脸信息。", "review", "I"),
        ("经销商授予厂商永久、可转授权地使用其门店照片的许可。", "none", ""),
        ("Reseller grants Licensor a perpetual and irrevocable licence to its product photos of the face scanner.", "none", ""),
    ],
    # biometric information with and without a face
    "biometric": [
        ("客人授权旅馆永久保存其生物识别信息。", "review", "D"),
        ("客人授权旅馆永久保存其生物识别信息。", "candidate", "D", "旅馆前台提供刷脸入住。"),
        ("客人授权旅馆永久保存其指纹。", "none", ""),
        ("旅馆长期保存客人的生物识别信息。", "none", ""),
        ("旅馆长期保存客人的生物识别信息。", "review", "d", "旅馆前台采集客人的人脸图像。"),
        ("Guests authorise the inn to keep their biometric data indefinitely.", "review", "D"),
        (
            "Guests authorise the inn to keep their biometric data indefinitely.",
            "candidate",
            "D",
            "The front desk offers check-in by face recognition.",
        ),
        ("Guests authorise the inn to keep their fingerprints indefinitely.", "none", ""),
        ("Guests authorise the inn to keep their voice recordings indefinitely.", "none", ""),
    ],
    # pictures with and without face processing
    "likeness": [
        ("参赛者授予主办方永久使用其肖像的权利。", "review", "D"),
        ("参赛者授予主办方永久使用其肖像的权利，用于生成换脸视频。", "candidate", "D"),
        ("参赛者授予主办方永久使用其作文的权利。", "none", ""),
        ("用户授予平台永久、可转授权地使用其发布的图片的权利。", "none", ""),
        ("您授权我们永久使用您上传的自拍来训练人脸识别模型。", "candidate", "D"),
        ("参赛者授予主办方免费使用其肖像一年的权利。", "none", ""),
        ("Entrants grant the organiser a perpetual right to use their portraits.", "review", "D"),
        ("Entrants grant the organiser a perpetual right to feed their portraits into face swap videos.", "candidate", "D"),
        ("Entrants grant the organiser a perpetual right to use their essays.", "none", ""),
        ("You grant us a perpetual licence to train our face recognition models on your selfies.", "candidate", "D"),
        ("You grant us a perpetual, irrevocable licence to your User Content.", "none", ""),
    ],
    # personal information in general
    "generic": [
        ("您授权我们永久使用您的个人信息。", "review", "D", "顾客可以在收银台刷脸付款，我们采集其人脸图像。"),
        ("您授权我们永久使用您的个人信息。", "none", "", "顾客可以在收银台扫码付款。"),
        ("我们为前述目的与合作伙伴共享您的个人信息。", "none", "", "顾客可以在收银台刷脸付款，我们采集其人脸图像。"),
        ("您授权我们永久使用您的个人信息，包括人脸信息。", "candidate", "D"),
        (
            "You authorise us to use your personal information in perpetuity.",
            "review",
            "D",
            "Customers can pay by face; we capture an image of their face.",
        ),
        ("You authorise us to use your personal information in perpetuity.", "none", "", "Customers can pay by card."),
        ("You authorise us to use your personal information, including your facial images, in perpetuity.", "candidate", "D"),
    ],
    # what the surface of a text hides
    "noise": [
        ("您授权我们永\u200b久使用您的人\u200b脸图像。", "candidate", "D"),
        ("您授权我们 永 久 、 不 可 撤 销 地 使 用 您 的 人 脸 图 像 。", "candidate", "DI"),
        ("您授權我們永久、不可撤銷地使用您的人臉影像。", "candidate", "DI"),
        ("您授权我们使用您的人脸图像，该权利可在许可。", "candidate", "S"),
        ("您授权我们在许可生效的时间内使用您的人脸图像。", "none", ""),
        ("您授权我们永久使用您的\u2f08脸图像。", "candidate", "D"),
        ("Ｙｏｕ ｇｒａｎｔ ｕｓ ａ ｐｅｒｐｅｔｕａｌ ｒｉｇｈｔ ｔｏ ｕｓｅ ｙｏｕｒ ｆａｃｅ ｉｍａｇｅｓ.", "candidate", "D"),
        ("You grant us a perpet\u00adual right to use your fa\u200bce images.", "candidate", "D"),
        ("YOU GRANT US A PERPETUAL AND IRREVOCABLE RIGHT TO USE YOUR FACE IMAGES.", "candidate", "DI"),
        ("You grant us a perpetual and\nirrevocable right to use your face\nimages.", "candidate", "DI"),
        ("You grant us a perpetual right to use your fa-\nce images.", "candidate", "D"),
        ("永久使用權：閣下同意本會所永久使用閣下的面部圖像，不得撤回。", "candidate", "DI"),
        (
            "为便于您了解游泳馆的刷脸入馆服务，请您认真阅读以下内容。您在此\n授权本馆永久、不可撤销地使用本馆在入口闸机处采集到的您的人\n脸图像，本馆可以将其用于入馆核验、统计客流以及宣传推广等各\n项用途，您对此表示充分理解并且自愿接受前述全部约定的内容。\n",
            "candidate",
            "DI",
        ),
        ("本人同意会所永\u00ad久使用本人的面\u2060部图像。", "candidate", "D"),
        ("您授权我们永久**使用**您的人脸图像。", "candidate", "D"),
        ("您 授 权 我 们 不 可 撤 销 地 使 用 您 的 面 部 特 征 。", "candidate", "I"),
    ],
    # face in another sense
    "homonym": [
        ("本界面面向全体用户，永久免费。", "none", ""),
        ("面部护理套餐一经购买不可转让，永久有效。", "none", ""),
        ("双方应面对面签署，授权不可撤销。", "none", ""),
        ("The interface is licensed to you in perpetuity.", "none", ""),
        ("Either party may face claims under this perpetual licence.", "none", ""),
        ("Bonds are issued at face value and are irrevocable and transferable.", "none", ""),
    ],
    # granted, claimed or only practised
    "right": [
        ("Face images become the property of the park.", "candidate", "O"),
        ("我们免费开放，并可以永久使用您的人脸视频。", "candidate", "D"),
        ("All face images belong to the park.", "candidate", "O"),
        ("园区永久保存游客的人脸图像。", "review", "D"),
        ("游客同意园区永久保存其人脸图像。", "candidate", "D"),
        ("园区有权永久保存游客的人脸图像。", "candidate", "D"),
        ("园区可永久保存游客的人脸图像。", "candidate", "D"),
        ("游客一经入园即视为授权园区永久使用其人脸图像。", "candidate", "D"),
        ("园区长期保存游客的人脸图像。", "review", "d"),
        ("园区采集游客的人脸图像用于入园。", "none", ""),
        ("人脸图像归园区所有。", "candidate", "O"),
        ("游客放弃就其人脸图像主张任何权利。", "candidate", "I"),
        ("The park keeps visitors' face images indefinitely.", "review", "D"),
        ("Visitors agree that the park keeps their face images indefinitely.", "candidate", "D"),
        ("The park may keep visitors' face images indefinitely.", "candidate", "D"),
        ("By entering, you are deemed to authorise the park to use your face images forever.", "candidate", "D"),
        ("The park uses your face image for entry.", "none", ""),
        ("You agree that the park may use your face images for any purpose.", "review", "o"),
        ("You waive all claims over the use of your face images.", "candidate", "I"),
        ("Face images shall be the property of the park.", "candidate", "O"),
        ("Your face images become our property.", "candidate", "O"),
    ],
}

ROWS = [pytest.param(*row[:3], row[3:], id=f"{name}-{number}") for name, rows in MECHANISMS.items() for number, row in enumerate(rows)]


def letters(findings: list[Finding]) -> str:
    """Return the attributes of the findings as letters; strong wins over weak."""
    facts = [fact for finding in findings for fact in finding.attributes]
    strong = {LETTERS[fact.name] for fact in facts if fact.strength == "strong"}
    weak = {LETTERS[fact.name] for fact in facts} - strong
    return "".join(letter if letter in strong else letter.lower() for letter in "DISO" if letter in strong | weak)


@pytest.mark.parametrize(("text", "grade", "attributes", "before"), ROWS)
def test_a_sentence(text: str, grade: str, attributes: str, before: tuple[str, ...]):
    context = "".join(f"{paragraph}\n\n" for paragraph in before)
    findings = [finding for finding in scan_text(context + text, settings=RULES_ALONE).findings if finding.place.end > len(context)]
    assert max((finding.grade for finding in findings), key=GRADE_RANK.__getitem__, default="none") == grade
    assert letters(findings) == attributes
